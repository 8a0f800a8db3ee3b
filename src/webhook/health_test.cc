#include "webhook/health.h"

#include <gtest/gtest.h>

namespace migadapter::webhook {
namespace {

HealthCheck passing(std::string name) {
  return {std::move(name), [] { return base::Status(); }};
}

HealthCheck failing(std::string name, std::string why) {
  return {std::move(name), [why = std::move(why)]() -> base::Status {
            return base::Error(base::ErrorCode::unavailable, why);
          }};
}

TEST(Health, ASoundProcessSaysOk) {
  const auto handler = make_health_handler({{passing("ping")}, {passing("watch")}});
  for (const char* path : {"/livez", "/readyz", "/healthz"}) {
    const ServerReply reply = handler({.method = "GET", .path = path});
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.body, "ok") << path;
  }
}

TEST(Health, VerboseListsEveryCheck) {
  const auto handler = make_health_handler({{}, {passing("watch"), passing("webhook")}});
  for (const char* query : {"verbose", "verbose=1", "timeout=1&verbose"}) {
    const ServerReply reply = handler({.method = "GET", .path = "/readyz", .query = query});
    EXPECT_EQ(reply.body, "[+]watch ok\n[+]webhook ok\nreadyz check passed\n") << query;
  }
}

TEST(Health, AFailureNamesTheCheckAndItsReasonUnasked) {
  const auto handler =
      make_health_handler({{passing("ping")}, {passing("lease"), failing("watch", "no list yet")}});
  const ServerReply ready = handler({.method = "GET", .path = "/readyz"});
  EXPECT_EQ(ready.status, 500);
  EXPECT_EQ(ready.body, "[+]lease ok\n[-]watch failed: no list yet\nreadyz check failed\n");
  EXPECT_EQ(handler({.method = "GET", .path = "/livez"}).status, 200);
}

TEST(Health, OtherPathsAndMethodsAreRefused) {
  const auto handler = make_health_handler({});
  EXPECT_EQ(handler({.method = "GET", .path = "/metrics"}).status, 404);
  EXPECT_EQ(handler({.method = "POST", .path = "/readyz"}).status, 405);
}

}  // namespace
}  // namespace migadapter::webhook
