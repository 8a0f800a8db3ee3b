// Random workloads under every policy. The engine proves conservation and Little's law itself in
// each run, and the inventory that no slot is used twice; here the runs are made.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/scenario.h"
#include "sim/testing.h"

namespace migadapter::sim {
namespace {

constexpr std::uint64_t kRuns = 10;

Workload random_workload(base::Rng& random) {
  testing::WorkloadBuilder builder;
  const Kinds kinds = kinds_of(testing::a100());
  const std::uint64_t jobs = 20 + random.below(100);
  for (std::uint64_t i = 0; i < jobs; ++i) {
    const auto kind = static_cast<KindId>(random.below(std::uint64_t(kinds.size())));
    builder.job(kinds.at(kind).name)
        .arriving(Time(static_cast<int>(random.below(600'000))))
        .running(Time(1 + static_cast<int>(random.below(120'000))))
        .priority(static_cast<int>(random.below(3)))
        .curve(random.below(2) == 0 ? SpeedModel::training : SpeedModel::fixed);
    if (random.below(2) == 0) builder.patient(Time(static_cast<int>(random.below(100'000))));
    if (random.below(3) == 0) builder.owner("shared");
  }
  Workload workload = builder;
  for (Job& job : workload.jobs) {
    if (job.owner == "shared") job.demand = workload.jobs.front().demand;
  }
  std::ranges::stable_sort(workload.jobs, {}, &Job::arrives);
  return workload;
}

Outcome run(const Policy& policy, const Workload& workload, std::uint64_t seed) {
  ClusterSpec cluster{&testing::a100(), {testing::geometry_of(testing::kBalanced)}};
  cluster.nodes = 2;
  cluster.gpus_per_node = 2;
  return run_policy({workload, cluster, {}, ScoringStrategy::least_allocated}, policy, seed);
}

TEST(Property, TheSameSeedGivesTheSameOutcomeUnderEveryPolicy) {
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    base::Rng random(seed);
    const Workload workload = random_workload(random);
    for (const Policy& policy : policies()) {
      SCOPED_TRACE(std::string(policy.name) + ", seed " + std::to_string(seed));
      EXPECT_EQ(run(policy, workload, seed), run(policy, workload, seed));
    }
  }
}

TEST(Property, WhoeverCanBeServedIsServedOrGoes) {
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    base::Rng random(seed);
    const Workload workload = random_workload(random);
    const Outcome outcome = run(*find_policy("first-fit"), workload, seed);
    for (std::size_t job = 0; job < outcome.jobs.size(); ++job) {
      const JobOutcome& each = outcome.jobs[job];
      EXPECT_TRUE(each.finished || each.left) << "job " << job << ", seed " << seed;
      const Time waited = each.left.value_or(each.arrived) - each.arrived;
      EXPECT_TRUE(!each.left || waited == workload.jobs[job].patience) << "seed " << seed;
    }
  }
}

TEST(Property, UsefulSlicesAreAllocatedAndAllocatedOnesExist) {
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    base::Rng random(seed);
    const Workload workload = random_workload(random);
    for (const Policy& policy : policies()) {
      const Outcome outcome = run(policy, workload, seed);
      EXPECT_LE(outcome.total.useful_slices, outcome.total.allocated_slices) << policy.name;
      EXPECT_LE(outcome.total.allocated_slices, outcome.slices * outcome.ended.count());
    }
  }
}

}  // namespace
}  // namespace migadapter::sim
