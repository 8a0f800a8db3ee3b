#include "sim/summary.h"

#include <gtest/gtest.h>

namespace migadapter::sim {
namespace {

TEST(Distribution, APercentileIsAValueThatWasThere) {
  std::vector<Time> values;
  for (int i = 100; i >= 1; --i) values.push_back(Time(i));
  const Distribution distribution = distribution_of(values);
  EXPECT_EQ(distribution.mean, Time(50));
  EXPECT_EQ(distribution.p50, Time(50));
  EXPECT_EQ(distribution.p95, Time(95));
  EXPECT_EQ(distribution.p99, Time(99));
  EXPECT_EQ(distribution_of({Time(7)}).p99, Time(7));
  EXPECT_EQ(distribution_of({}).p50, Time(0));
}

TEST(Summary, CountsWhatBecameOfEachJob) {
  Outcome outcome;
  outcome.jobs.resize(3);
  outcome.jobs[0].started = Time(10);
  outcome.jobs[0].finished = Time(100);
  outcome.jobs[0].upgrades = 1;
  outcome.jobs[1].arrived = Time(50);
  outcome.jobs[1].left = Time(60);
  outcome.slices = 8;
  outcome.arrivals_length = Time(100);
  outcome.arrivals.useful_slices = 400;
  outcome.arrivals.blocked_jobs = 25;
  const Summary summary = summarize(outcome);
  EXPECT_EQ(summary.jobs, 3);
  EXPECT_EQ(summary.finished, 1);
  EXPECT_EQ(summary.left, 1);
  EXPECT_EQ(summary.unserved, 1);
  EXPECT_EQ(summary.upgrades, 1);
  EXPECT_EQ(summary.wait.mean, Time(10));
  EXPECT_EQ(summary.makespan, Time(100));
  EXPECT_DOUBLE_EQ(summary.useful, 0.5);
  EXPECT_DOUBLE_EQ(summary.blocked_jobs, 0.25);
}

TEST(Summary, OfNothingIsNothing) {
  const Summary summary = summarize({});
  EXPECT_EQ(summary.jobs, 0);
  EXPECT_DOUBLE_EQ(summary.useful, 0);
}

}  // namespace
}  // namespace migadapter::sim
