#include "sim/mig_adapter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/scheduler.h"
#include "sim/testing.h"

namespace migadapter::sim {
namespace {

using decide::RestoreMode;
using testing::fixed_nodes;
using testing::kBalanced;
using testing::WorkloadBuilder;

Outcome run(const Workload& workload, Inventory inventory, RestoreMode mode) {
  SchedulerPlacement scheduler(ScoringStrategy::least_allocated);
  decide::RestorePolicy restore;
  restore.mode = mode;
  MigAdapter adapter(workload, inventory, restore);
  const Outcome outcome = Engine({workload, inventory, scheduler, &adapter}, {}).run();
  EXPECT_EQ(inventory.free_units(), inventory.units()) << "somebody still holds devices";
  return outcome;
}

/// Two pods take both 1g; the third comes while they run. The first ends after a minute.
WorkloadBuilder three_small_jobs() {
  WorkloadBuilder workload;
  workload.job("1g.5gb").job("1g.5gb").running(Time(600'000));
  workload.job("1g.5gb").running(Time(600'000));
  return workload;
}

TEST(MigAdapter, AWaitingPodIsUpgradedToTheNextLargerIdleInstance) {
  const Workload workload = three_small_jobs();
  const Outcome outcome = run(workload, fixed_nodes(workload, kBalanced), RestoreMode::never);
  EXPECT_EQ(outcome.jobs[2].upgrades, 1);
  EXPECT_EQ(outcome.jobs[2].restores, 0);
  // Decided 50 ms after it came, by when the scheduler has tried; recreated, scheduled, started.
  EXPECT_EQ(outcome.jobs[2].started, Time(2'000 + 50 + 50 + 10 + 2'000));
}

TEST(MigAdapter, AnUpgradedPodReturnsWhenItsOwnSizeFreesUp) {
  const Workload workload = three_small_jobs();
  const Outcome outcome = run(workload, fixed_nodes(workload, kBalanced), RestoreMode::eager);
  EXPECT_EQ(outcome.jobs[2].upgrades, 1);
  EXPECT_EQ(outcome.jobs[2].restores, 1);
  EXPECT_EQ(outcome.jobs[2].restarts, 1);
  const Outcome staying = run(workload, fixed_nodes(workload, kBalanced), RestoreMode::never);
  const Time lost = *outcome.jobs[2].finished - *staying.jobs[2].finished;
  // Recreated, scheduled, started, and what a restart costs.
  EXPECT_EQ(lost, Time(50 + 10 + 2'000 + 30'000));
}

TEST(MigAdapter, ARestoreWhenNeededWaitsForSomebodyWhoNeedsIt) {
  const Workload idle = three_small_jobs();
  const Outcome unneeded = run(idle, fixed_nodes(idle, kBalanced), RestoreMode::when_needed);
  EXPECT_EQ(unneeded.jobs[2].restores, 0);
  WorkloadBuilder with_rival = three_small_jobs();
  with_rival.job("2g.10gb").arriving(Time(90'000));
  with_rival.job("3g.20gb").arriving(Time(2'500)).running(Time(600'000));
  Workload workload = with_rival;
  std::ranges::stable_sort(workload.jobs, {}, &Job::arrives);
  const Outcome needed = run(workload, fixed_nodes(workload, kBalanced), RestoreMode::when_needed);
  EXPECT_EQ(needed.jobs[2].restores, 1);
  EXPECT_LT(*needed.jobs[4].started, Time(100'000));
}

TEST(MigAdapter, NobodyIsUpgradedToWhatAnotherPodAsksForItself) {
  WorkloadBuilder builder;
  builder.job("2g.10gb").running(Time(600'000)).job("1g.5gb").running(Time(600'000));
  builder.job("1g.5gb").running(Time(600'000)).job("3g.20gb").running(Time(600'000));
  builder.job("2g.10gb").arriving(Time(10'000)).running(Time(600'000));
  builder.job("1g.5gb").arriving(Time(11'000)).running(Time(600'000));
  const Workload workload = builder;
  const Outcome outcome = run(workload, fixed_nodes(workload, kBalanced), RestoreMode::eager);
  EXPECT_EQ(outcome.jobs[5].upgrades, 0);  // it waits for a 1g; the 2g has somebody waiting
  EXPECT_EQ(outcome.jobs[4].upgrades, 0);
}

TEST(MigAdapter, PodsOfOneOwnerAreMovedInGrowingRounds) {
  WorkloadBuilder builder;
  for (int i = 0; i < 20; ++i) builder.job("1g.5gb").arriving(Time(0)).owner("burst");
  const Workload workload = builder;
  const Outcome outcome = run(
      workload, fixed_nodes(workload, {"2g.10gb", "2g.10gb", "2g.10gb"}, 1, 7), RestoreMode::never);
  int upgrades = 0;
  Time last{0};
  for (const JobOutcome& job : outcome.jobs) {
    upgrades += job.upgrades;
    last = std::max(last, *job.started);
  }
  EXPECT_EQ(upgrades, 20);
  EXPECT_GT(last, *std::ranges::min(outcome.jobs, {}, &JobOutcome::started).started);
  EXPECT_LT(last, Time(3'000));
}

}  // namespace
}  // namespace migadapter::sim
