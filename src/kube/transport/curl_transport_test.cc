#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>

#include "kube/credentials/identity_sources.h"
#include "kube/http.h"
#include "kube/transport/blocking_call.h"
#include "kube/transport/scripted_server.h"

namespace migadapter::kube {
namespace {

/// An identity whose token counts how often it was rejected.
class CountingIdentity final : public IdentitySource {
 public:
  base::Result<Identity> current() override {
    return Identity{"token-" + std::to_string(rejections.load()), std::nullopt};
  }
  void reject() override { ++rejections; }

  std::atomic<int> rejections{0};
};

/// Records what a stream was told and lets a test wait for it.
class RecordingSink final : public HttpSink {
 public:
  void on_status(int status, std::optional<base::Millis> retry_after) override {
    record([&] {
      status_ = status;
      retry_after_ = retry_after;
    });
  }
  void on_bytes(std::string_view bytes) override {
    record([&] { bytes_ += bytes; });
  }
  void on_end(base::Status end) override {
    record([&] { end_ = std::move(end); });
  }

  int wait_for_status() {
    wait([&] { return status_ != 0; });
    return status_;
  }
  void wait_for_bytes(std::string_view expected) {
    wait([&] { return bytes_ == expected; });
  }
  base::Status wait_for_end() {
    wait([&] { return end_.has_value(); });
    return *end_;
  }
  bool ended() {
    const std::lock_guard lock(mutex_);
    return end_.has_value();
  }
  std::string bytes() {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  template <typename Change>
  void record(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  template <typename Condition>
  void wait(Condition condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int status_ = 0;
  std::optional<base::Millis> retry_after_;
  std::string bytes_;
  std::optional<base::Status> end_;
};

class CurlTransportTest : public testing::Test {
 protected:
  std::unique_ptr<HttpTransport> transport_to(const ScriptedServer& server) {
    Access access;
    access.server = server.url();
    access.identity = identity_;
    access.trust = make_trust({}, clock_);
    return make_curl_transport(access, log_);
  }

  HttpRequest request(const std::string& method, const std::string& path) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    if (method != "GET" && method != "DELETE") request.body = R"({"a":1})";
    return request;
  }

  base::SystemClock clock_;
  std::string log_text_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::debug,
                    [this](std::string_view line) { log_text_ += line; }};
  std::shared_ptr<CountingIdentity> identity_ = std::make_shared<CountingIdentity>();
};

/// Answers every request with its own text.
void echo(ScriptedConnection& connection) {
  while (const auto request = connection.read_request()) connection.respond(200, *request);
}

TEST_F(CurlTransportTest, SendsMethodPathBodyTypeAndToken) {
  const ScriptedServer server(echo);
  const auto transport = transport_to(server);
  HttpRequest patch = request("PATCH", "/api/v1/pods?dryRun=All");
  patch.content_type = "application/merge-patch+json";
  const auto response = send_and_wait(*transport, patch);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 200);
  EXPECT_TRUE(response->body.starts_with("PATCH /api/v1/pods?dryRun=All HTTP/1.1\r\n"));
  EXPECT_NE(response->body.find("Authorization: Bearer token-0\r\n"), std::string::npos);
  EXPECT_NE(response->body.find("Content-Type: application/merge-patch+json\r\n"),
            std::string::npos);
  EXPECT_TRUE(response->body.ends_with("\r\n\r\n{\"a\":1}"));
  EXPECT_EQ(response->body.find("Expect"), std::string::npos);
}

TEST_F(CurlTransportTest, RequestsOneAfterAnotherShareAConnection) {
  const ScriptedServer server(echo);
  const auto transport = transport_to(server);
  for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
    ASSERT_TRUE(send_and_wait(*transport, request(method, "/x")).ok()) << method;
  }
  EXPECT_EQ(server.connection_count(), 1);
}

TEST_F(CurlTransportTest, AnHttpErrorIsAResponseWithItsRetryAfter) {
  const ScriptedServer server([](ScriptedConnection& connection) {
    connection.read_request();
    connection.respond(429, "busy", "retry-AFTER: 7\r\n");
    connection.read_request();
    connection.respond(503, "nonsense", "Retry-After: 2000000000\r\n");
  });
  const auto transport = transport_to(server);
  const auto response = send_and_wait(*transport, request("GET", "/x"));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 429);
  EXPECT_EQ(response->body, "busy");
  EXPECT_EQ(response->retry_after, std::chrono::seconds(7));
  EXPECT_EQ(send_and_wait(*transport, request("GET", "/x"))->retry_after, kLongestRetryAfter);
}

TEST_F(CurlTransportTest, ARejectedIdentityIsReplacedOnce) {
  const ScriptedServer server([](ScriptedConnection& connection) {
    while (const auto request = connection.read_request()) {
      const bool fresh = request->find("Bearer token-1") != std::string::npos;
      connection.respond(fresh ? 200 : 401, fresh ? "welcome" : "who?");
    }
  });
  const auto transport = transport_to(server);
  const auto response = send_and_wait(*transport, request("POST", "/x"));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "welcome");
  EXPECT_EQ(identity_->rejections, 1);
}

TEST_F(CurlTransportTest, ASecondRejectionIsTheAnswer) {
  const ScriptedServer server([](ScriptedConnection& connection) {
    while (connection.read_request()) connection.respond(401, "who?");
  });
  const auto transport = transport_to(server);
  const auto response = send_and_wait(*transport, request("GET", "/x"));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 401);
  EXPECT_EQ(response->body, "who?");
  EXPECT_EQ(identity_->rejections, 1);
}

TEST_F(CurlTransportTest, SeveralRequestsWithOneExpiredTokenRejectItOnce) {
  std::promise<void> all_arrived;
  std::atomic<int> arrived{0};
  const std::shared_future<void> go = all_arrived.get_future().share();
  const ScriptedServer server([&](ScriptedConnection& connection) {
    while (const auto request = connection.read_request()) {
      const bool expired = request->find("Bearer token-0") != std::string::npos;
      if (expired && ++arrived == 3) all_arrived.set_value();
      if (expired) go.wait();
      connection.respond(expired ? 401 : 200, "");
    }
  });
  const auto transport = transport_to(server);
  std::promise<void> all_done;
  std::atomic<int> done{0};
  for (int i = 0; i < 3; ++i) {
    transport->send(request("GET", "/x"), [&](const base::Result<HttpResponse>& response) {
      EXPECT_TRUE(response.ok() && response->status == 200);
      if (++done == 3) all_done.set_value();
    });
  }
  all_done.get_future().wait();
  EXPECT_EQ(identity_->rejections, 1);
}

/// Closes the first `count` connections after reading a request, without an answer.
ScriptedServer::Script close_first(int count) {
  return [count](ScriptedConnection& connection) {
    while (connection.read_request()) {
      if (connection.number() < count) return;
      connection.respond(200, "at last");
    }
  };
}

TEST_F(CurlTransportTest, AnIdempotentRequestIsSentAgainOnceWhenTheConnectionWasClosed) {
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    const ScriptedServer server(close_first(1));
    const auto transport = transport_to(server);
    const auto response = send_and_wait(*transport, request(method, "/x"));
    ASSERT_TRUE(response.ok()) << method;
    EXPECT_EQ(response->body, "at last");
    EXPECT_EQ(server.connection_count(), 2);
  }
}

TEST_F(CurlTransportTest, TwoClosedConnectionsAreAFailure) {
  const ScriptedServer server(close_first(2));
  const auto transport = transport_to(server);
  const auto response = send_and_wait(*transport, request("GET", "/x"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code(), base::ErrorCode::unavailable);
  EXPECT_EQ(server.connection_count(), 2);
}

TEST_F(CurlTransportTest, ARequestThatMayHaveBeenCarriedOutIsNotSentAgain) {
  const ScriptedServer server(close_first(1));
  const auto transport = transport_to(server);
  const auto response = send_and_wait(*transport, request("POST", "/x"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code(), base::ErrorCode::unavailable);
  EXPECT_EQ(server.connection_count(), 1);
}

TEST_F(CurlTransportTest, ThatHoldsOnAKeptAliveConnectionToo) {
  std::atomic<int> posts{0};
  const ScriptedServer server([&posts](ScriptedConnection& connection) {
    while (const auto request = connection.read_request()) {
      if (request->starts_with("POST") && ++posts > 0) return;
      connection.respond(200, "");
    }
  });
  const auto transport = transport_to(server);
  ASSERT_TRUE(send_and_wait(*transport, request("GET", "/x")).ok());
  const auto response = send_and_wait(*transport, request("POST", "/x"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code(), base::ErrorCode::unavailable);
  EXPECT_EQ(posts, 1);
}

TEST_F(CurlTransportTest, ABodyThatIsCutIsAFailure) {
  const ScriptedServer server([](ScriptedConnection& connection) {
    if (connection.read_request()) {
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    }
  });
  const auto transport = transport_to(server);
  const auto response = send_and_wait(*transport, request("GET", "/x"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code(), base::ErrorCode::unavailable);
  EXPECT_EQ(server.connection_count(), 1);
}

TEST_F(CurlTransportTest, NoAnswerInTimeIsATimeout) {
  const ScriptedServer server([](ScriptedConnection& connection) { connection.wait_for_close(); });
  const auto transport = transport_to(server);
  HttpRequest slow = request("GET", "/slow");
  slow.timeout = base::Millis(30);
  const auto response = send_and_wait(*transport, slow);
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code(), base::ErrorCode::timeout);
  EXPECT_EQ(response.error().message(), "GET /slow: no answer for 30 ms");
}

TEST_F(CurlTransportTest, NoServerIsUnavailable) {
  std::optional<ScriptedServer> server(std::in_place, echo);
  const auto transport = transport_to(*server);
  server.reset();
  const auto response = send_and_wait(*transport, request("GET", "/x"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code(), base::ErrorCode::unavailable);
}

constexpr std::string_view kChunkedHeader = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(CurlTransportTest, AStreamHandsOverBytesAsTheyCome) {
  std::promise<void> first_seen;
  const ScriptedServer server([&](ScriptedConnection& connection) {
    connection.read_request();
    connection.write(kChunkedHeader);
    connection.write("3\r\none\r\n");
    first_seen.get_future().wait();
    connection.write("3\r\ntwo\r\n0\r\n\r\n");
    connection.wait_for_close();
  });
  const auto transport = transport_to(server);
  const auto sink = std::make_shared<RecordingSink>();
  const auto stream = transport->stream(request("GET", "/watch"), sink);
  EXPECT_EQ(sink->wait_for_status(), 200);
  sink->wait_for_bytes("one");
  first_seen.set_value();
  EXPECT_TRUE(sink->wait_for_end().ok());
  EXPECT_EQ(sink->bytes(), "onetwo");
}

TEST_F(CurlTransportTest, AStreamThatIsCutIsAFailure) {
  const ScriptedServer server([](ScriptedConnection& connection) {
    connection.read_request();
    connection.write(kChunkedHeader);
    connection.write("3\r\none\r\n");
  });
  const auto transport = transport_to(server);
  const auto sink = std::make_shared<RecordingSink>();
  const auto stream = transport->stream(request("GET", "/watch"), sink);
  const base::Status end = sink->wait_for_end();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().code(), base::ErrorCode::unavailable);
}

TEST_F(CurlTransportTest, AHalfOpenStreamEndsAfterItsIdleTimeout) {
  const ScriptedServer server([](ScriptedConnection& connection) {
    connection.read_request();
    connection.write(kChunkedHeader);
    connection.write("3\r\none\r\n");
    connection.wait_for_close();
  });
  const auto transport = transport_to(server);
  const auto sink = std::make_shared<RecordingSink>();
  HttpRequest watch = request("GET", "/watch");
  watch.idle_timeout = base::Millis(40);
  const auto stream = transport->stream(watch, sink);
  const base::Status end = sink->wait_for_end();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().code(), base::ErrorCode::timeout);
  EXPECT_EQ(end.error().message(), "GET /watch: no byte for 40 ms");
}

TEST_F(CurlTransportTest, AStreamOutlivesItsTimeoutOnceHeadersAreThere) {
  std::promise<void> timeout_passed;
  const ScriptedServer server([&](ScriptedConnection& connection) {
    connection.read_request();
    connection.write(kChunkedHeader);
    timeout_passed.get_future().wait();
    connection.write("0\r\n\r\n");
  });
  const auto transport = transport_to(server);
  const auto sink = std::make_shared<RecordingSink>();
  HttpRequest watch = request("GET", "/watch");
  watch.timeout = base::Millis(500);
  const auto stream = transport->stream(watch, sink);
  sink->wait_for_status();
  transport->run_after(base::Millis(510), [&] { timeout_passed.set_value(); });
  EXPECT_TRUE(sink->wait_for_end().ok());
}

TEST_F(CurlTransportTest, DroppingAStreamClosesItsConnectionAndSilencesItsSink) {
  std::promise<void> closed;
  const ScriptedServer server([&](ScriptedConnection& connection) {
    connection.read_request();
    connection.write(kChunkedHeader);
    connection.wait_for_close();
    closed.set_value();
  });
  const auto transport = transport_to(server);
  const auto sink = std::make_shared<RecordingSink>();
  auto stream = transport->stream(request("GET", "/watch"), sink);
  sink->wait_for_status();
  stream.reset();
  closed.get_future().wait();
  EXPECT_FALSE(sink->ended());
}

/// Drops its own stream at the first byte.
class SelfDroppingSink final : public HttpSink {
 public:
  void on_status(int, std::optional<base::Millis>) override {}
  void on_bytes(std::string_view) override {
    ++calls;
    stream_ready.get_future().wait();
    stream.reset();
  }
  void on_end(base::Status) override { ++calls; }

  std::promise<void> stream_ready;
  std::unique_ptr<HttpTransport::Stream> stream;
  std::atomic<int> calls{0};
};

TEST_F(CurlTransportTest, AStreamMayBeDroppedFromWithinItsOwnSink) {
  std::promise<void> closed;
  const ScriptedServer server([&](ScriptedConnection& connection) {
    connection.read_request();
    connection.write(kChunkedHeader);
    connection.write("3\r\none\r\n3\r\ntwo\r\n");
    connection.wait_for_close();
    closed.set_value();
  });
  const auto transport = transport_to(server);
  const auto sink = std::make_shared<SelfDroppingSink>();
  sink->stream = transport->stream(request("GET", "/watch"), sink);
  sink->stream_ready.set_value();
  closed.get_future().wait();
  EXPECT_EQ(sink->calls, 1);
}

TEST_F(CurlTransportTest, DestructionCancelsWhatIsUnderWay) {
  std::promise<void> arrived;
  const ScriptedServer server([&](ScriptedConnection& connection) {
    connection.read_request();
    if (connection.number() == 0) arrived.set_value();
    connection.wait_for_close();
  });
  auto transport = transport_to(server);
  std::optional<base::Result<HttpResponse>> answer;
  transport->send(request("GET", "/x"),
                  [&](base::Result<HttpResponse> response) { answer = std::move(response); });
  const auto sink = std::make_shared<RecordingSink>();
  const auto stream = transport->stream(request("GET", "/watch"), sink);
  arrived.get_future().wait();
  transport.reset();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->error().code(), base::ErrorCode::cancelled);
  EXPECT_EQ(sink->wait_for_end().error().code(), base::ErrorCode::cancelled);
}

TEST_F(CurlTransportTest, TasksRunInOrderOfTheirTimeOnTheTransportsThread) {
  const ScriptedServer server(echo);
  const auto transport = transport_to(server);
  std::string order;
  std::promise<std::thread::id> last;
  transport->run_after(base::Millis(40), [&] {
    order += "b";
    last.set_value(std::this_thread::get_id());
  });
  transport->run_after(base::Millis(0), [&] { order += "a"; });
  EXPECT_NE(last.get_future().get(), std::this_thread::get_id());
  EXPECT_EQ(order, "ab");
}

TEST_F(CurlTransportTest, TasksThatAreNotDueDieWithTheTransport) {
  const ScriptedServer server(echo);
  auto transport = transport_to(server);
  bool ran = false;
  transport->run_after(std::chrono::hours(1), [&] { ran = true; });
  transport.reset();
  EXPECT_FALSE(ran);
}

TEST_F(CurlTransportTest, ATokenThatWouldAddAHeaderIsRefused) {
  const ScriptedServer server(echo);
  Access access;
  access.server = server.url();
  access.identity =
      make_fixed_identity({.token = {"a\r\nX-Evil: 1", ""}, .certificate = {}, .key = {}}, clock_);
  access.trust = make_trust({}, clock_);
  const auto transport = make_curl_transport(access, log_);
  const auto response = send_and_wait(*transport, request("GET", "/x"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code(), base::ErrorCode::invalid_argument);
  EXPECT_EQ(server.connection_count(), 0);
}

TEST_F(CurlTransportTest, NothingSecretIsLogged) {
  const ScriptedServer server([](ScriptedConnection& connection) {
    if (connection.read_request()) connection.respond(401, "who?");
  });
  auto transport = transport_to(server);
  ASSERT_TRUE(send_and_wait(*transport, request("GET", "/x")).ok());
  transport.reset();
  EXPECT_NE(log_text_.find("sending a request again"), std::string::npos);
  EXPECT_EQ(log_text_.find("token-"), std::string::npos);
}

}  // namespace
}  // namespace migadapter::kube
