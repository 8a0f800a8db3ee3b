#include "sim/engine.h"

#include <gtest/gtest.h>

#include "sim/scheduler.h"
#include "sim/testing.h"

namespace migadapter::sim {
namespace {

using testing::fixed_nodes;
using testing::WorkloadBuilder;

/// A cluster that needs no time for anything.
constexpr Delays kNoDelays{Time(0), Time(0), Time(0), Time(0), Time(0), Time(0), Time(0)};

Outcome run(const Workload& workload, Inventory inventory, EngineOptions options = {kNoDelays}) {
  SchedulerPlacement scheduler(ScoringStrategy::least_allocated);
  const Outcome outcome = Engine({workload, inventory, scheduler}, options).run();
  EXPECT_EQ(inventory.free_units(), inventory.units()) << "somebody still holds devices";
  return outcome;
}

TEST(Engine, AJobStartsAtOnceAndRunsForItsRunTime) {
  const Workload workload = WorkloadBuilder().job("7g.40gb").arriving(Time(5'000));
  const Outcome outcome = run(workload, fixed_nodes(workload, {"7g.40gb"}));
  EXPECT_EQ(outcome.jobs[0].started, Time(5'000));
  EXPECT_EQ(outcome.jobs[0].finished, Time(65'000));
  EXPECT_EQ(outcome.total.useful_slices, 8 * 60'000);
  EXPECT_EQ(outcome.total.allocated_slices, 8 * 60'000);
}

TEST(Engine, DelaysOfTheClusterComeOnTop) {
  const Workload workload = WorkloadBuilder().job("7g.40gb");
  EngineOptions options{kNoDelays};
  options.delays.scheduling = Time(10);
  options.delays.start = Time(2'000);
  const Outcome outcome = run(workload, fixed_nodes(workload, {"7g.40gb"}), options);
  EXPECT_EQ(outcome.jobs[0].started, Time(2'010));
  EXPECT_EQ(outcome.total.allocated_slices, 8 * 62'000);
}

TEST(Engine, WhoComesLaterWaitsForTheDevice) {
  const Workload workload = WorkloadBuilder().job("7g.40gb").job("7g.40gb");
  const Outcome outcome = run(workload, fixed_nodes(workload, {"7g.40gb"}));
  EXPECT_EQ(outcome.jobs[1].started, Time(60'000));
  EXPECT_EQ(outcome.total.waiting_jobs, 59'000);
}

TEST(Engine, AHigherPriorityIsServedFirst) {
  const Workload workload =
      WorkloadBuilder().job("7g.40gb").job("7g.40gb").job("7g.40gb").priority(1);
  const Outcome outcome = run(workload, fixed_nodes(workload, {"7g.40gb"}));
  EXPECT_EQ(outcome.jobs[2].started, Time(60'000));
  EXPECT_EQ(outcome.jobs[1].started, Time(120'000));
}

TEST(Engine, WhoLosesPatienceGoesAndTakesNothing) {
  const Workload workload = WorkloadBuilder().job("7g.40gb").job("7g.40gb").patient(Time(10'000));
  const Outcome outcome = run(workload, fixed_nodes(workload, {"7g.40gb"}));
  EXPECT_EQ(outcome.jobs[1].left, Time(11'000));
  EXPECT_FALSE(outcome.jobs[1].started);
}

TEST(Engine, AJobThatFitsNoNodeWaitsForEver) {
  const Workload workload = WorkloadBuilder().job("7g.40gb").job("1g.5gb");
  const Outcome outcome = run(workload, fixed_nodes(workload, {"7g.40gb"}));
  EXPECT_FALSE(outcome.jobs[1].started || outcome.jobs[1].left);
}

TEST(Engine, ALargerDeviceMakesAJobFasterByItsCurve) {
  const Workload workload = WorkloadBuilder().job("1g.5gb").curve(SpeedModel::training);
  EngineOptions options{kNoDelays};
  options.first_grant = workload.kinds.find("7g.40gb");
  const Outcome outcome = run(workload, fixed_nodes(workload, {"7g.40gb"}), options);
  EXPECT_EQ(outcome.jobs[0].finished, Time(18'600));  // 0.31 of the time on 1g
  EXPECT_EQ(outcome.total.useful_slices, 18'600);     // it asked for one slice
  EXPECT_EQ(outcome.total.allocated_slices, 8 * 18'600);
}

TEST(Engine, LoadIsMeasuredUntilTheLastArrival) {
  const Workload workload = WorkloadBuilder().job("7g.40gb").job("7g.40gb");
  const Outcome outcome = run(workload, fixed_nodes(workload, {"7g.40gb"}));
  EXPECT_EQ(outcome.arrivals_length, Time(1'000));
  EXPECT_EQ(outcome.arrivals.allocated_slices, 8 * 1'000);
}

TEST(Engine, AJobIsBlockedWhereAsManySlicesAreFreeButNotInOnePiece) {
  const Workload workload = WorkloadBuilder().job("1g.5gb").job("4g.20gb").patient(Time(5'000));
  const Outcome outcome = run(workload, fixed_nodes(workload, testing::kBalanced));
  EXPECT_EQ(outcome.total.blocked_jobs, 5'000);
}

}  // namespace
}  // namespace migadapter::sim
