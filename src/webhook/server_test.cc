#include "webhook/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "webhook/running_server.h"
#include "webhook/test_client.h"

namespace migadapter::webhook {
namespace {

using namespace std::chrono_literals;

bool says_close(const std::optional<ClientReply>& reply) {
  return reply && reply->headers.find("connection: close\r\n") != std::string::npos;
}

/// The status that the bytes are answered with, when the server then ends the connection.
int status_of_refusal(Running& running, std::string_view bytes) {
  TestClient client(running.port(), nullptr);
  client.send(bytes);
  const auto reply = client.read_reply();
  return says_close(reply) && client.server_closes() ? reply->status : 0;
}

TEST(Server, AnswersManyRequestsOnOneConnection) {
  Running running;
  ClientTls tls(running.ca());
  TestClient client(running.port(), &tls);
  ASSERT_TRUE(client.connected());
  for (int i = 0; i < 100; ++i) {
    const auto reply = client.post("/mutate?timeout=2s", std::to_string(i));
    ASSERT_EQ(status_of(reply), 200);
    EXPECT_EQ(reply->body, "POST /mutate timeout=2s " + std::to_string(i));
    EXPECT_FALSE(says_close(reply));
  }
}

TEST(Server, AnswersPlainHttpWithoutTls) {
  Running running(plain());
  TestClient client(running.port(), nullptr);
  EXPECT_EQ(client.get("/livez?verbose")->body, "GET /livez verbose ");
}

TEST(Server, ListensOnAnIpv6Address) {
  Running running({.address = "::1"});
  ClientTls tls(running.ca());
  TestClient client(running.port(), &tls, "::1");
  EXPECT_EQ(client.get("/")->body, "GET /  ");
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  Running running(plain());
  TestClient client(running.port(), nullptr);
  client.send(post_request("/", "one") + post_request("/", "two") + post_request("/", "three"));
  EXPECT_EQ(client.read_reply()->body, "POST /  one");
  EXPECT_EQ(client.read_reply()->body, "POST /  two");
  EXPECT_EQ(client.read_reply()->body, "POST /  three");
}

TEST(Server, TakesARequestInSingleBytesAndInChunks) {
  Running running(plain());
  TestClient client(running.port(), nullptr);
  for (const char byte : post_request("/bytes", "body")) {
    client.send({&byte, 1});
  }
  EXPECT_EQ(client.read_reply()->body, "POST /bytes  body");
  client.send("POST /chunks HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(client.read_reply()->body, "POST /chunks  abcde");
}

TEST(Server, TakesABodyOfExactlyTheLimit) {
  Running running;
  ClientTls tls(running.ca());
  TestClient client(running.port(), &tls);
  const std::string body(ServerLimits{}.most_body_bytes, 'a');
  EXPECT_EQ(client.post("/", body)->body, "POST /  " + body);
}

TEST(Server, TellsAWaitingClientToContinue) {
  Running running(plain());
  TestClient client(running.port(), nullptr);
  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(status_of(client.read_reply()), 100);
  client.send("ok");
  EXPECT_EQ(client.read_reply()->body, "POST /  ok");
}

TEST(Server, AnswersHeadWithoutABody) {
  Running running(plain());
  TestClient client(running.port(), nullptr);
  client.send("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_FALSE(client.read_reply());  // the announced body never comes
}

TEST(Server, ClosesWhenTheClientAsks) {
  Running running(plain());
  EXPECT_EQ(status_of_refusal(running, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), 200);
  EXPECT_EQ(status_of_refusal(running, "GET / HTTP/1.0\r\n\r\n"), 200);
}

TEST(Server, RefusesABodyOverTheLimit) {
  Running running(limited({.most_body_bytes = 1000}));
  const std::string announced = "POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n";
  EXPECT_EQ(status_of_refusal(running, announced), 413);
  EXPECT_EQ(status_of_refusal(running, announced + std::string(1001, 'a')), 413);
  const std::string chunk = "400\r\n" + std::string(0x400, 'a') + "\r\n";
  EXPECT_EQ(
      status_of_refusal(running, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk),
      413);
}

TEST(Server, RefusesAHeaderOverTheLimitInOneLineOrMany) {
  Running running(limited({.most_header_bytes = 2000}));
  EXPECT_EQ(status_of_refusal(running, "GET /" + std::string(3000, 'a')), 431);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 1000; ++i) {
    many += "a: b\r\n";
  }
  EXPECT_EQ(status_of_refusal(running, many), 431);
}

TEST(Server, RefusesWhatIsNotHttp) {
  Running running(plain());
  EXPECT_EQ(status_of_refusal(running, "\x16\x03\x01\x02 hello\r\n\r\n"), 400);
  EXPECT_EQ(status_of_refusal(running, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400);
  EXPECT_EQ(status_of_refusal(running,
                              "GET / HTTP/1.1\r\nContent-Length: 1\r\n"
                              "Content-Length: 2\r\n\r\n"),
            400);
  EXPECT_EQ(status_of_refusal(running,
                              "POST / HTTP/1.1\r\nContent-Length: 4\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400);
}

TEST(Server, RefusesLargeBodiesThatTogetherExceedTheLimit) {
  Running running(limited({.most_buffered_bytes = 3000}));
  TestClient first(running.port(), nullptr);
  first.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2001\r\n\r\n" +
             std::string(2000, 'a'));
  ASSERT_EQ(status_of(first.read_reply()), 100);  // the server holds 2000 bytes
  EXPECT_EQ(status_of_refusal(running, post_request("/", std::string(2000, 'b'))), 503);
  first.send("a");
  EXPECT_EQ(status_of(first.read_reply()), 200);
  EXPECT_EQ(status_of(first.post("/", std::string(2000, 'b'))), 200);
}

TEST(Server, EndsARequestThatArrivesTooSlowly) {
  Running running(limited({.read_timeout = 20ms}));
  EXPECT_EQ(status_of_refusal(running, "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"), 408);
  EXPECT_EQ(status_of_refusal(running, "POST / HT"), 408);
}

TEST(Server, EndsARefusedClientThatNeverStopsSending) {
  Running running(limited({.most_body_bytes = 10}));
  TestClient client(running.port(), nullptr);
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n"));
  EXPECT_EQ(status_of(client.read_reply()), 413);
  const std::string flood(1024 * 1024, 'a');
  while (client.send(flood)) {
  }
}

TEST(Server, ClosesAHandshakeThatDoesNotCome) {
  ServerOptions options;
  options.limits.read_timeout = 20ms;
  Running running(options);
  TestClient silent(running.port(), nullptr);
  EXPECT_TRUE(silent.server_closes());
}

TEST(Server, ClosesAnIdleConnection) {
  ServerOptions options;
  options.limits.idle_timeout = 20ms;
  Running running(options);
  ClientTls tls(running.ca());
  TestClient client(running.port(), &tls);
  client.get("/");
  EXPECT_TRUE(client.server_closes());
}

TEST(Server, RefusesTls11AndSpeaksTls12) {
  Running running;
  ClientTls old_tls(running.ca(), TLS1_1_VERSION);
  EXPECT_FALSE(TestClient(running.port(), &old_tls).connected());
  ClientTls tls(running.ca(), TLS1_2_VERSION);
  EXPECT_EQ(status_of(TestClient(running.port(), &tls).get("/")), 200);
}

TEST(Server, RefusesCiphersWithoutAuthentication) {
  Running running;
  ClientTls tls(running.ca(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(&tls.context(), "ECDHE+AES:!AESGCM:!AESCCM:@SECLEVEL=0");
  EXPECT_FALSE(TestClient(running.port(), &tls).connected());
}

TEST(Server, OffersHttp11AndNeverH2) {
  Running running;
  ClientTls tls(running.ca());
  const unsigned char only_h2[] = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(&tls.context(), only_h2, sizeof only_h2);
  EXPECT_FALSE(TestClient(running.port(), &tls).connected());
  const unsigned char both[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(&tls.context(), both, sizeof both);
  EXPECT_EQ(status_of(TestClient(running.port(), &tls).get("/")), 200);
}

TEST(Server, ResumesSessions) {
  Running running;
  ClientTls tls(running.ca());
  EXPECT_EQ(status_of(TestClient(running.port(), &tls).get("/")), 200);
  TestClient second(running.port(), &tls);
  EXPECT_TRUE(second.resumed());
  EXPECT_EQ(status_of(second.get("/")), 200);
}

TEST(Server, ReplacesTheCertificateUnderTrafficWithoutLosingARequest) {
  Running running;
  std::atomic<bool> stop = false;
  std::atomic<int> lost = 0;
  std::latch busy(4);
  std::vector<std::jthread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      ClientTls tls(running.ca());
      TestClient standing(running.port(), &tls);
      lost += status_of(standing.get("/")) != 200;
      busy.count_down();
      while (!stop) {
        lost += status_of(standing.get("/")) != 200;
        lost += status_of(TestClient(running.port(), &tls).get("/")) != 200;
      }
    });
  }
  busy.wait();
  ServerCertificate newest;
  for (int i = 0; i < 20; ++i) {
    newest = running.new_certificate();
    ASSERT_TRUE(running.server().replace_tls(newest, std::nullopt).ok());
  }
  ClientTls tls(running.ca());
  EXPECT_EQ(TestClient(running.port(), &tls).server_certificate(), newest.chain_pem);
  stop = true;
  clients.clear();
  EXPECT_EQ(lost, 0);
}

TEST(Server, KeepsItsCertificateWhenTheNewOneIsUnusable) {
  Running running;
  ServerCertificate mixed = running.new_certificate();
  mixed.key_pem = running.new_certificate().key_pem;
  EXPECT_FALSE(running.server().replace_tls(mixed, std::nullopt).ok());
  ClientTls tls(running.ca());
  EXPECT_EQ(status_of(TestClient(running.port(), &tls).get("/")), 200);
}

TEST(Server, DrainAnswersWhatIsUnderWayAndSaysClose) {
  Running running;
  ClientTls tls(running.ca());
  TestClient client(running.port(), &tls);
  ASSERT_EQ(status_of(client.get("/")), 200);
  const std::string request = post_request("/", "body");
  client.send(request.substr(0, 30));
  std::jthread drain([&] { running.server().drain(30s); });
  while (TestClient(running.port(), nullptr).connected()) {  // until it accepts no more
  }
  client.send(request.substr(30));
  const auto reply = client.read_reply();
  EXPECT_EQ(status_of(reply), 200);
  EXPECT_TRUE(says_close(reply));
  EXPECT_TRUE(client.server_closes());
  drain.join();
}

TEST(Server, DrainClosesIdleConnectionsAndReturnsLongBeforeItsTimeout) {
  Running running;
  ClientTls tls(running.ca());
  TestClient client(running.port(), &tls);
  client.get("/");
  running.server().drain(10min);
  EXPECT_TRUE(client.server_closes());
}

TEST(Server, StopsWithConnectionsOpen) {
  Running running;
  ClientTls tls(running.ca());
  TestClient busy(running.port(), &tls);
  busy.send("POST / HTTP/1.1\r\n");
  TestClient silent(running.port(), nullptr);
  running.stop();
  EXPECT_TRUE(busy.server_closes());
  EXPECT_TRUE(silent.server_closes());
}

/// Client certificates by an authority of the test, made by the openssl command.
class ClientCertificates {
 public:
  ClientCertificates() {
    std::string name = testing::TempDir() + "clients-XXXXXX";
    folder_ = mkdtemp(name.data());
    run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ca "
        "-keyout ca.key -out ca.crt");
  }
  ~ClientCertificates() { std::filesystem::remove_all(folder_); }
  ClientCertificates(const ClientCertificates&) = delete;
  ClientCertificates& operator=(const ClientCertificates&) = delete;

  std::string ca() const { return *load_authorities(folder_ + "/ca.crt"); }
  /// Lets the client show a certificate of this common name.
  void give(ClientTls& tls, const std::string& name, const std::string& purpose = "clientAuth") {
    run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name +
        " -addext extendedKeyUsage=" + purpose +
        " -addext basicConstraints=critical,CA:FALSE -CA ca.crt -CAkey ca.key"
        " -keyout tls.key -out tls.crt");
    SSL_CTX_use_certificate_chain_file(&tls.context(), (folder_ + "/tls.crt").c_str());
    SSL_CTX_use_PrivateKey_file(&tls.context(), (folder_ + "/tls.key").c_str(), SSL_FILETYPE_PEM);
  }

 private:
  void run(const std::string& arguments) const {
    const std::string command = "cd '" + folder_ + "' && openssl " + arguments + " 2>openssl.log";
    MIGADAPTER_CHECK(std::system(command.c_str()) == 0);
  }
  std::string folder_;
};

TEST(Server, ServesOnlyClientsWhoseCertificateIsTrusted) {
  ClientCertificates clients;
  ServerOptions options;
  options.clients = ClientTrust{clients.ca(), {}};
  Running running(options);
  ClientTls known(running.ca());
  clients.give(known, "anybody");
  EXPECT_EQ(status_of(TestClient(running.port(), &known).get("/")), 200);
  TestClient resuming(running.port(), &known);
  EXPECT_TRUE(resuming.resumed());
  EXPECT_EQ(status_of(resuming.get("/")), 200);
  ClientTls nobody(running.ca());
  EXPECT_EQ(status_of(TestClient(running.port(), &nobody).get("/")), 0);
  ClientTls stranger(running.ca());
  ClientCertificates().give(stranger, "anybody");
  EXPECT_EQ(status_of(TestClient(running.port(), &stranger).get("/")), 0);
  ClientTls server(running.ca());
  clients.give(server, "anybody", "serverAuth");
  EXPECT_EQ(status_of(TestClient(running.port(), &server).get("/")), 0) << "wrong purpose";
}

TEST(Server, ServesOnlyClientsWithOneOfTheNames) {
  ClientCertificates clients;
  ServerOptions options;
  options.clients = ClientTrust{clients.ca(), {"kube-apiserver", "system:apiserver"}};
  Running running(options);
  for (const std::string name : {"kube-apiserver", "system:apiserver"}) {
    ClientTls tls(running.ca());
    clients.give(tls, name);
    EXPECT_EQ(status_of(TestClient(running.port(), &tls).get("/")), 200) << name;
  }
  ClientTls other(running.ca());
  clients.give(other, "kube-apiserver.attacker");
  EXPECT_EQ(status_of(TestClient(running.port(), &other).get("/")), 0);
}

TEST(Server, SurvivesAHandlerThatThrows) {
  Running running(plain(), [](const ServerRequest&) -> ServerReply { throw std::bad_alloc(); });
  TestClient client(running.port(), nullptr);
  EXPECT_EQ(status_of(client.get("/")), 500);
  EXPECT_EQ(status_of(client.get("/")), 500);
}

TEST(Server, ErrorsSayWhatIsWrong) {
  base::SystemClock clock;
  base::Logger log(clock, base::LogFormat::text, base::LogLevel::error, [](std::string_view) {});
  Running running(plain());
  ServerOptions options = plain();
  options.address = "127.0.0.1";
  options.port = running.port();
  const auto taken = start_server(options, echo, log);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(
      taken.error().message(),
      "listening on 127.0.0.1 port " + std::to_string(running.port()) + ": Address already in use");
  options.address = "localhost";
  EXPECT_EQ(start_server(options, echo, log).error().message(),
            "listen address 'localhost' is not an IP address");
  options.tls = true;
  EXPECT_TRUE(start_server(options, echo, log)
                  .error()
                  .message()
                  .starts_with("the server certificate is unusable: its chain holds no PEM"));
}

}  // namespace
}  // namespace migadapter::webhook
