#include <atomic>

#include "kube/credentials/identity_sources.h"
#include "kube/live_test.h"
#include "kube/transport/blocking_call.h"

namespace migadapter::kube {
namespace {

class CurlTransportLiveTest : public LiveTest {
 protected:
  base::Result<HttpResponse> get(HttpTransport& transport, const std::string& path) {
    HttpRequest request;
    request.path = path;
    return send_and_wait(transport, request);
  }
};

TEST_F(CurlTransportLiveTest, AServerThatTheAuthoritiesDidNotSignIsRefused) {
  Access access = access_;
  access.trust = make_trust({}, clock_);  // the machine's own authorities
  const auto transport = make_curl_transport(access, log_);
  const auto answer = get(*transport, "/version");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), base::ErrorCode::unavailable);
  EXPECT_NE(answer.error().message().find("certificate"), std::string::npos)
      << answer.error().message();
}

TEST_F(CurlTransportLiveTest, VerificationCanBeTurnedOff) {
  Access access = access_;
  access.trust = make_trust({}, clock_);
  access.insecure_skip_tls_verify = true;
  const auto transport = make_curl_transport(access, log_);
  const auto answer = get(*transport, "/version");
  ASSERT_TRUE(answer.ok()) << answer.error().message();
  EXPECT_EQ(answer->status, 200);
}

TEST_F(CurlTransportLiveTest, TheTlsServerNameIsVerifiedInsteadOfTheHost) {
  Access access = access_;
  access.tls_server_name = "kubernetes.default.svc";
  const auto right = make_curl_transport(access, log_);
  const auto answer = get(*right, "/version");
  ASSERT_TRUE(answer.ok()) << answer.error().message();
  access.tls_server_name = "another.name";
  const auto wrong = make_curl_transport(access, log_);
  EXPECT_FALSE(get(*wrong, "/version").ok());
}

TEST_F(CurlTransportLiveTest, AnUnknownTokenIsUnauthorized) {
  Access access = access_;
  access.identity =
      make_fixed_identity({.token = {"unknown", ""}, .certificate = {}, .key = {}}, clock_);
  const auto transport = make_curl_transport(access, log_);
  const auto answer = get(*transport, "/api/v1/namespaces");
  ASSERT_TRUE(answer.ok()) << answer.error().message();
  EXPECT_EQ(answer->status, 401);
}

/// Counts its stream's ends.
class EndSink final : public HttpSink {
 public:
  void on_status(int status, std::optional<base::Millis>) override { status_ = status; }
  void on_bytes(std::string_view) override {}
  void on_end(base::Status) override { ended_ = true; }
  bool open() const { return status_ == 200 && !ended_; }
  bool ended() const { return ended_; }

 private:
  std::atomic<int> status_{0};
  std::atomic<bool> ended_{false};
};

TEST_F(CurlTransportLiveTest, OutlivesARestartOfTheApiServer) {
  const auto sink = std::make_shared<EndSink>();
  HttpRequest watch;
  watch.path = "/api/v1/pods?watch=1";
  const auto stream = transport_->stream(watch, sink);
  ASSERT_TRUE(eventually([&] { return sink->open(); }));
  ASSERT_NO_FATAL_FAILURE(restart_api_server());
  if (IsSkipped()) return;
  EXPECT_TRUE(eventually([&] { return sink->ended(); }));
}

}  // namespace
}  // namespace migadapter::kube
