#include "simulate.h"

#include <gtest/gtest.h>

namespace migadapter::app {
namespace {

SimulateFlags small() {
  SimulateFlags flags;
  flags.jobs = 200;
  flags.gpus_per_node = 2;
  return flags;
}

std::string error_of(const SimulateFlags& flags) {
  const auto report = simulate(flags);
  return report.ok() ? "" : report.error().message();
}

TEST(Simulate, EveryPolicyHasALine) {
  const auto report = simulate(small());
  ASSERT_TRUE(report.ok()) << report.error().message();
  EXPECT_EQ(report->lines.size(), sim::policies().size());
  for (const sim::ReportLine& line : report->lines) EXPECT_EQ(line.summary.jobs, 200);
}

TEST(Simulate, APolicyIsChosenByItsName) {
  SimulateFlags flags = small();
  flags.policies = {"upgrade"};
  const auto report = simulate(flags);
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->lines.size(), 1U);
  EXPECT_GT(report->lines.front().summary.upgrades, 0);
}

TEST(Simulate, EveryWorkloadCanBeNamed) {
  for (const char* workload : {"skew-small", "skew-big", "bimodal", "miso", "openb-gpushare100"}) {
    SimulateFlags flags = small();
    flags.workload = workload;
    flags.policies = {"none"};
    EXPECT_EQ(error_of(flags), "") << workload;
  }
}

TEST(Simulate, AMistakeNamesTheFlag) {
  SimulateFlags flags = small();
  flags.policies = {"magic"};
  EXPECT_EQ(error_of(flags), "--policy: there is no \"magic\"");
  flags = small();
  flags.workload = "nothing.csv";
  EXPECT_EQ(error_of(flags), "--workload: nothing.csv: cannot be opened");
  flags = small();
  flags.geometries = {"7g.40gb", "4g.20gb,4g.20gb"};
  EXPECT_EQ(error_of(flags),
            "--geometry: 4g.20gb, 4g.20gb: one A100-40GB cannot be cut into these");
  flags = small();
  flags.gpu_model = "V100";
  EXPECT_EQ(error_of(flags).find("--gpu-model: \"V100\" is not one"), 0U);
}

}  // namespace
}  // namespace migadapter::app
