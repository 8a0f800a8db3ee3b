#include "sim/report/report.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace migadapter::sim {
namespace {

Report small_report() {
  Report report{"uniform", "by chance", "A100-40GB", 2, 4, 7, {}};
  Summary summary;
  summary.jobs = 10;
  summary.finished = 8;
  summary.left = 2;
  summary.wait = {Time(1'500), Time(1'000), Time(2'000), Time(3'000)};
  summary.useful = 0.5;
  summary.upgrades = 3;
  report.lines = {{"none", summary}};
  return report;
}

TEST(Report, TheTableHasALineForEachPolicyAndExplainsItsColumns) {
  const std::string text = to_text(small_report());
  EXPECT_EQ(text.find("10 jobs of uniform (by chance) on 2 x 4 A100-40GB, seed 7\n"), 0U);
  EXPECT_NE(text.find("none         80.0     1.5  1.0  2.0  3.0"), std::string::npos) << text;
  EXPECT_NE(text.find("upgrades: pods moved to a larger instance"), std::string::npos);
}

TEST(Report, TheJsonHasTheSameFigures) {
  const boost::json::value json = boost::json::parse(to_json(small_report()));
  EXPECT_EQ(json.at("gpus_per_node").as_int64(), 4);
  const boost::json::value& policy = json.at("policies").at(0);
  EXPECT_EQ(policy.at("policy").as_string(), "none");
  EXPECT_EQ(policy.at("left").as_int64(), 2);
  EXPECT_DOUBLE_EQ(policy.at("wait_seconds").at("p95").as_double(), 2.0);
  EXPECT_DOUBLE_EQ(policy.at("useful").as_double(), 0.5);
}

}  // namespace
}  // namespace migadapter::sim
