#include "controller/move_ledger.h"

#include <gtest/gtest.h>

#include <chrono>

#include "cluster/testing.h"

namespace migadapter::controller {
namespace {

using namespace std::chrono_literals;
using cluster::testing::make_pod;
using cluster::testing::make_rule;
using cluster::testing::name;
using cluster::testing::uid_of;

/// Rules are of ReplicaSet "web" in namespace "default".
class MoveLedgerTest : public testing::Test {
 protected:
  decide::BudgetUse owner(std::string_view owner = "web") {
    return ledger_.uses(uid_of(owner), name("default"), now_).owner;
  }
  decide::BudgetUse name_space(std::string_view name_space = "default") {
    return ledger_.uses(uid_of("web"), name(name_space), now_).name_space;
  }
  decide::BudgetUse cluster() { return ledger_.uses(uid_of("web"), name("default"), now_).cluster; }

  MoveLedger ledger_;
  base::MonotonicTime now_{24h};
};

TEST_F(MoveLedgerTest, AMoveCountsForItsOwnerItsNamespaceAndTheCluster) {
  ledger_.begin(make_rule("r-1"), now_);
  EXPECT_EQ(owner().concurrent, 1);
  EXPECT_EQ(name_space().concurrent, 1);
  EXPECT_EQ(cluster().concurrent, 1);
  EXPECT_EQ(owner("other").concurrent, 0);
  EXPECT_EQ(name_space("other").concurrent, 0);
}

TEST_F(MoveLedgerTest, AMoveThatEndedCountsForAnHour) {
  ledger_.begin(make_rule("r-1"), now_);
  ledger_.end("r-1");
  now_ += 59min;
  EXPECT_EQ(owner().concurrent, 0);
  EXPECT_EQ(owner().within_hour, 1);
  now_ += 1min;
  EXPECT_EQ(owner().within_hour, 0);
  EXPECT_EQ(ledger_.size(), 0U);
}

TEST_F(MoveLedgerTest, AMoveThatEvictedNothingDoesNotCount) {
  ledger_.begin(make_rule("r-1"), now_);
  ledger_.annul("r-1");
  EXPECT_EQ(cluster().within_hour, 0);
  ledger_.end("r-1");
  EXPECT_EQ(ledger_.size(), 0U);
}

TEST_F(MoveLedgerTest, AMoveOfManyHoursIsUnderWayUntilItEnds) {
  ledger_.begin(make_rule("r-1"), now_);
  now_ += 3h;
  EXPECT_EQ(cluster().concurrent, 1);
  ledger_.end("r-1");
  EXPECT_EQ(cluster().concurrent, 0);
  EXPECT_EQ(ledger_.size(), 0U);
}

TEST_F(MoveLedgerTest, APodThatCarriesARuleTellsOfAMoveBeforeOurTime) {
  const cluster::Pod pod = make_pod("web-1").instead_of("nvidia.com/mig-1g.5gb", "r-0");
  ledger_.saw(pod, 40min, now_);
  ledger_.saw(pod, 40min, now_);
  EXPECT_EQ(owner().within_hour, 1);
  EXPECT_EQ(owner().concurrent, 0);
  now_ += 20min;
  EXPECT_EQ(owner().within_hour, 0);
  ledger_.saw(pod, 1h, now_);
  EXPECT_EQ(ledger_.size(), 0U);
}

TEST_F(MoveLedgerTest, ThePodOfOurOwnMoveIsNotCountedTwice) {
  ledger_.begin(make_rule("r-1"), now_);
  ledger_.saw(make_pod("web-1").instead_of("nvidia.com/mig-1g.5gb", "r-1"), 0s, now_);
  EXPECT_EQ(cluster().within_hour, 1);
  EXPECT_EQ(cluster().concurrent, 1);
}

TEST_F(MoveLedgerTest, PodsThatNoRuleMovedCountForNothing) {
  ledger_.saw(make_pod("web-1"), 1min, now_);
  ledger_.saw(make_pod("web-2").instead_of("nvidia.com/mig-1g.5gb", ""), 1min, now_);
  ledger_.saw(make_pod("web-3").bare().instead_of("nvidia.com/mig-1g.5gb", "r-3"), 1min, now_);
  EXPECT_EQ(ledger_.size(), 0U);
}

TEST_F(MoveLedgerTest, APodOfTheFutureWasCreatedJustNow) {
  ledger_.saw(make_pod("web-1").instead_of("nvidia.com/mig-1g.5gb", "r-1"), -2h, now_);
  now_ += 1h;
  EXPECT_EQ(owner().within_hour, 0);
}

}  // namespace
}  // namespace migadapter::controller
