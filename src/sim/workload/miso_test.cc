#include "sim/workload/miso.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace migadapter::sim {
namespace {

const std::string kFolder = "data/traces/miso-socc22";

TEST(Miso, HasAHundredJobsWithTheRunTimesOfTheTrace) {
  const auto workload = load_miso(kFolder, 1);
  ASSERT_TRUE(workload.ok()) << workload.error().message();
  ASSERT_EQ(workload->jobs.size(), 100U);
  double sum = 0;
  for (const Job& job : workload->jobs) {
    const double share = std::stoi(workload->kinds.at(job.demand.kind).name) / 7.0;
    sum += static_cast<double>(job.run_time.count()) * job.curve.at(share) / 1000;
  }
  EXPECT_NEAR(sum / 100, 770, 1) << "mean run time on a whole GPU in seconds";
}

TEST(Miso, AJobThatDoesNotFitASmallSliceAsksForALargerOne) {
  const auto workload = load_miso(kFolder, 1);
  const auto job = std::ranges::find_if(
      workload->jobs, [](const Job& each) { return each.name.ends_with("gnn_train512"); });
  ASSERT_NE(job, workload->jobs.end());
  EXPECT_EQ(workload->kinds.at(job->demand.kind).name, "2g.10gb");
  EXPECT_DOUBLE_EQ(job->curve.at(2.0 / 7), 0.3734);
}

TEST(Miso, AnotherSeedIsAnotherOrder) {
  const auto one = load_miso(kFolder, 1);
  const auto other = load_miso(kFolder, 2);
  EXPECT_NE(one->jobs.front().name, other->jobs.front().name);
  std::set<std::string> names;
  for (const Job& job : other->jobs) names.insert(job.name);
  EXPECT_EQ(names.size(), 100U);
}

TEST(Miso, AMissingFileIsNamed) {
  EXPECT_EQ(load_miso("no/folder", 1).error().message(),
            "no/folder/relative_speed_a100_40gb.csv: cannot be opened");
}

}  // namespace
}  // namespace migadapter::sim
