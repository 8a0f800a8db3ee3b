#include "controller/recovery.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

using cluster::testing::make_owner;
using cluster::testing::make_pod;
using cluster::testing::uid_of;

/// A rule for the successor of pod "old" at version 1, good until a minute after the epoch.
class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() : rule_(cluster::testing::make_rule("r")) {
    rule_.old_pod = {"old", uid_of("old"), "1"};
    store_.upsert(make_owner("web"));
  }
  Recovery recover_at(base::Millis since_epoch) const {
    return recover(store_.snapshot(), rule_, base::WallTime(since_epoch));
  }
  Standing standing() const { return recover_at(base::Millis(1'000)).standing; }
  void add_old_pod(const std::string& version, bool terminating = false) {
    cluster::Pod pod = make_pod("old").asks("nvidia.com/mig-1g.5gb").waiting();
    pod.resource_version = version;
    pod.terminating = terminating;
    store_.upsert(pod);
  }
  void add_new_pod(cluster::Pod pod) {
    pod.granted = cluster::GrantRecord{rule_.demand, "r"};
    store_.upsert(std::move(pod));
  }

  cluster::Store store_;
  cluster::Rule rule_;
};

TEST_F(RecoveryTest, TheOldPodThereAsItWasMeansThatNothingHasBegun) {
  add_old_pod("1");
  EXPECT_EQ(standing(), Standing::not_begun);
}

TEST_F(RecoveryTest, AnOldPodThatChangedMakesTheRulePointless) {
  add_old_pod("2");
  EXPECT_EQ(standing(), Standing::pointless);
}

TEST_F(RecoveryTest, AnOldPodThatGoesOrIsGoneIsToBeSucceeded) {
  EXPECT_EQ(standing(), Standing::awaiting);
  add_old_pod("2", true);
  EXPECT_EQ(standing(), Standing::awaiting);
}

TEST_F(RecoveryTest, ARuleThatExpiredLatelyWasWaitedForInVain) {
  EXPECT_EQ(recover_at(base::Millis(60'000)).standing, Standing::awaiting);
  EXPECT_EQ(recover_at(base::Millis(60'000) + kFailureMemory).standing, Standing::pointless);
}

TEST_F(RecoveryTest, AnExpiredRuleWhoseOldPodIsThereIsPointless) {
  add_old_pod("1");
  EXPECT_EQ(recover_at(base::Millis(60'000)).standing, Standing::pointless);
}

TEST_F(RecoveryTest, ARuleWhoseOwnerIsGoneIsPointless) {
  store_.remove_owner(uid_of("web"));
  EXPECT_EQ(standing(), Standing::pointless);
}

TEST_F(RecoveryTest, TheNewPodTellsHowFarTheMoveHasCome) {
  add_new_pod(make_pod("new").waiting());
  EXPECT_EQ(standing(), Standing::placing);
  EXPECT_EQ(recover_at(base::Millis(1'000)).new_pod_uid, uid_of("new"));
  add_new_pod(make_pod("new").on("gpu-1").phase(cluster::PodPhase::pending));
  EXPECT_EQ(standing(), Standing::starting);
  add_new_pod(make_pod("new").on("gpu-1"));
  EXPECT_EQ(standing(), Standing::done);
}

TEST_F(RecoveryTest, AnExpiredRuleThatAPodCarriesIsCarriedOn) {
  add_new_pod(make_pod("new").waiting());
  EXPECT_EQ(recover_at(base::Millis(90'000)).standing, Standing::placing);
}

TEST_F(RecoveryTest, OfTwoPodsThatCarryTheRuleTheOneWithANodeCounts) {
  add_new_pod(make_pod("b").on("gpu-1"));
  add_new_pod(make_pod("a").waiting());
  add_new_pod(make_pod("c").waiting());
  EXPECT_EQ(standing(), Standing::done);
}

TEST_F(RecoveryTest, AFailedRuleIsKeptWhateverTheClusterShows) {
  add_new_pod(make_pod("new").waiting());
  rule_.status.phase = cluster::RulePhase::backing_off;
  EXPECT_EQ(standing(), Standing::failed);
}

}  // namespace
}  // namespace migadapter::controller
