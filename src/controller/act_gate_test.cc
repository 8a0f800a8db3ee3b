#include "controller/act_gate.h"

#include <gtest/gtest.h>

#include "controller/limits.h"

namespace migadapter::controller {
namespace {

constexpr base::MonotonicTime kNow{base::Millis(1'000'000)};

GateView open_gate() {
  GateView view;
  view.synced = true;
  view.watch_current_as_of = kNow;
  view.leader_until = kNow + base::Millis(1);
  view.webhook_proven_at = kNow;
  view.replica_lives = true;
  return view;
}

TEST(ActGate, IsOpenWhenAllIsProvenFresh) {
  EXPECT_EQ(hold_reason(open_gate(), kNow), HoldReason::free_to_act);
}

TEST(ActGate, StaysShutBeforeTheFirstListsAreComplete) {
  GateView view = open_gate();
  view.synced = false;
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::not_synced);
}

TEST(ActGate, ShutsWhenAWatchIsBrokenOrSilentForTooLong) {
  GateView view = open_gate();
  view.watch_current_as_of = kNow - kOldestWatch;
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::free_to_act);
  view.watch_current_as_of = kNow - kOldestWatch - base::Millis(1);
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::watch_stale);
  view.watch_current_as_of.reset();
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::watch_stale);
}

TEST(ActGate, ShutsAtTheVeryMomentTheLeaseEnds) {
  GateView view = open_gate();
  view.leader_until = kNow;
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::not_leader);
  view.leader_until.reset();
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::not_leader);
}

TEST(ActGate, ShutsWhenTheWebhookWasNotReachedLately) {
  GateView view = open_gate();
  view.webhook_proven_at = kNow - kOldestProbe - base::Millis(1);
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::webhook_unproven);
  view.webhook_proven_at.reset();
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::webhook_unproven);
}

TEST(ActGate, ShutsWhenNoReplicaServesTheRules) {
  GateView view = open_gate();
  view.replica_lives = false;
  EXPECT_EQ(hold_reason(view, kNow), HoldReason::no_replica);
}

TEST(ActGate, MovesAreBroughtToTheirEndWithoutAProvenWebhookButNotWithoutTheLease) {
  EXPECT_TRUE(may_write(HoldReason::free_to_act));
  EXPECT_TRUE(may_write(HoldReason::webhook_unproven));
  EXPECT_TRUE(may_write(HoldReason::no_replica));
  EXPECT_FALSE(may_write(HoldReason::not_synced));
  EXPECT_FALSE(may_write(HoldReason::watch_stale));
  EXPECT_FALSE(may_write(HoldReason::not_leader));
}

TEST(ActGate, EveryReasonHasAWordAndASentence) {
  for (const HoldReason reason :
       {HoldReason::free_to_act, HoldReason::not_synced, HoldReason::watch_stale,
        HoldReason::not_leader, HoldReason::webhook_unproven, HoldReason::no_replica}) {
    EXPECT_FALSE(to_string(reason).empty());
    EXPECT_GT(explain(reason).size(), to_string(reason).size());
  }
}

}  // namespace
}  // namespace migadapter::controller
