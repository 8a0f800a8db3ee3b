#include <gtest/gtest.h>

#include <latch>

#include "kube/credentials/identity_sources.h"
#include "kube/http.h"
#include "kube/transport/blocking_call.h"
#include "kube/transport/scripted_server.h"

namespace migadapter::kube {
namespace {

/// A credential plugin that hangs until the test lets it go.
class HangingIdentity final : public IdentitySource {
 public:
  base::Result<Identity> current() override {
    let_go_.wait();
    return Identity{};
  }
  void reject() override {}
  void let_go() { let_go_.count_down(); }

 private:
  std::latch let_go_{1};
};

TEST(SlowCredentials, ARequestEndsInTimeAlthoughItsCredentialsDoNotCome) {
  const ScriptedServer server([](ScriptedConnection& connection) {
    while (connection.read_request()) connection.respond(200, "");
  });
  const base::SystemClock clock;
  base::Logger log(clock, base::LogFormat::text, base::LogLevel::error, [](std::string_view) {});
  const auto identity = std::make_shared<HangingIdentity>();
  Access access;
  access.server = server.url();
  access.identity = identity;
  access.trust = make_trust({}, clock);
  const auto transport = make_curl_transport(access, log);
  HttpRequest request;
  request.path = "/x";
  request.timeout = base::Millis(20);
  for (int i = 0; i < 2; ++i) {  // the first is with the plugin, the second waits for its turn
    const auto answer = send_and_wait(*transport, request);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code(), base::ErrorCode::timeout);
    EXPECT_EQ(answer.error().message(), "GET /x: the credentials did not come in time");
  }
  identity->let_go();
  request.timeout = base::Millis(30'000);
  EXPECT_TRUE(send_and_wait(*transport, request).ok());
}

}  // namespace
}  // namespace migadapter::kube
