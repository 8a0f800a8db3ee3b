#include "webhook/metrics_text.h"

#include <gtest/gtest.h>

namespace migadapter::webhook {
namespace {

TEST(Metrics, FamiliesAreWrittenAsPrometheusReadsThem) {
  MetricsText metrics;
  metrics.family("a_total", MetricsText::Kind::counter, "Things that happened.");
  metrics.sample(3, {{"reason", "NoFit"}, {"move", "upgrade"}});
  metrics.sample(0.25, {{"reason", "a \"b\" \\ \n c"}});
  metrics.family("b", MetricsText::Kind::gauge, "What is.");
  metrics.sample(12345678901);
  EXPECT_EQ(metrics.text(),
            "# HELP a_total Things that happened.\n# TYPE a_total counter\n"
            "a_total{reason=\"NoFit\",move=\"upgrade\"} 3\n"
            "a_total{reason=\"a \\\"b\\\" \\\\ \\n c\"} 0.25\n"
            "# HELP b What is.\n# TYPE b gauge\nb 12345678901\n");
}

TEST(Metrics, AreForThoseWhomTheGateLetsIn) {
  base::ManualClock clock;
  clock.advance(std::chrono::hours(1));
  BearerGate gate(
      [](const std::string& token) -> base::Result<BearerGate::Verdict> {
        return token == "good" ? BearerGate::Verdict::allowed : BearerGate::Verdict::forbidden;
      },
      clock);
  const auto handler = make_metrics_handler([] { return std::string("figures\n"); }, &gate);
  const auto status = [&](std::string_view authorization) {
    return handler({.method = "GET", .path = "/metrics", .authorization = authorization}).status;
  };
  EXPECT_EQ(status(""), 401);
  EXPECT_EQ(status("Bearer bad"), 403);
  EXPECT_EQ(status("Bearer good"), 200);
  EXPECT_EQ(handler({.method = "GET", .path = "/", .authorization = "Bearer good"}).status, 404);
  EXPECT_EQ(handler({.method = "POST", .path = "/metrics"}).status, 405);
}

TEST(Metrics, WithoutAGateAreForEverybody) {
  const auto handler = make_metrics_handler([] { return std::string("figures\n"); }, nullptr);
  const ServerReply reply = handler({.method = "GET", .path = "/metrics"});
  EXPECT_EQ(reply.body, "figures\n");
  EXPECT_EQ(reply.content_type, "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace
}  // namespace migadapter::webhook
