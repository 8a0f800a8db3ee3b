// What each field of a policy does to the decisions.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "cluster/store.h"
#include "cluster/testing.h"
#include "decide/restore.h"
#include "decide/upgrade.h"

namespace migadapter::decide {
namespace {

using namespace std::chrono_literals;
using cluster::Policy;
using cluster::PolicyMode;
using cluster::testing::make_node;
using cluster::testing::make_owner;
using cluster::testing::make_pod;
using cluster::testing::make_policy;
using cluster::testing::mig;
using cluster::testing::with_label;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kMiddle = "nvidia.com/mig-2g.10gb";
constexpr std::string_view kLarge = "nvidia.com/mig-3g.20gb";
constexpr base::WallTime kNow{1h};

mig::Profile profile(std::string_view text) {
  return *mig::parse_profile(text);
}

/// ReplicaSet "web" asks for small instances.
class PolicyEffectTest : public ::testing::Test {
 protected:
  PolicyEffectTest() {
    store_.upsert(cluster::testing::make_namespace());
    store_.upsert(make_owner("web", {mig(kSmall)}, 100));
  }

  void offer(int small, int middle, int large) {
    store_.upsert(
        make_node("a").offers(kSmall, small).offers(kMiddle, middle).offers(kLarge, large).build());
  }
  /// Decides about a pod that waits since `age`, under the policy.
  UpgradeDecision upgrade_under(const Policy& policy, base::Millis age = 0s) {
    store_.upsert(policy);
    const cluster::Pod pod = make_pod("web-1").asks(kSmall).waiting().created_at(kNow - age);
    store_.upsert(pod);
    return upgrade(store_.snapshot(), pod, policy_for(store_.snapshot(), pod, {}), kNow);
  }
  std::string outcome(const UpgradeDecision& decision) {
    return decision.grant ? decision.grant->grant.str() : std::string(to_string(decision.reason));
  }
  /// Decides about a pod on a large instance that runs since `age`.
  std::string restore_under(const Policy& policy, base::Millis age = 1h) {
    store_.upsert(policy);
    const cluster::Pod pod =
        make_pod("web-1").asks(kLarge).instead_of(kSmall).on("a").started_at(kNow - age);
    store_.upsert(pod);
    const RestoreDecision decision =
        restore(store_.snapshot(), pod, policy_for(store_.snapshot(), pod, {}), kNow);
    const auto next = next_restore(store_.snapshot(), {}, kNow, [](const auto&) { return false; });
    EXPECT_EQ(next.has_value(), decision.grant.has_value());
    return decision.grant ? decision.grant->grant.str() : std::string(to_string(decision.reason));
  }

  cluster::Store store_;
};

TEST_F(PolicyEffectTest, NothingIsMovedUnderAPolicyThatIsOffSuspendedOrInvalid) {
  offer(0, 1, 0);
  Policy policy = make_policy("p");
  EXPECT_EQ(outcome(upgrade_under(policy)), kMiddle);
  policy.mode = PolicyMode::off;
  EXPECT_EQ(outcome(upgrade_under(policy)), "PolicyOff");
  EXPECT_EQ(upgrade_under(policy).detail, "p");
  EXPECT_EQ(restore_under(policy), "PolicyOff");
  policy.problem = "spec: wrong";
  EXPECT_EQ(outcome(upgrade_under(policy)), "PolicyInvalid");
  EXPECT_EQ(restore_under(policy), "PolicyInvalid");
  policy.suspended = true;
  EXPECT_EQ(outcome(upgrade_under(policy)), "PolicySuspended");
  EXPECT_EQ(restore_under(policy), "PolicySuspended");
}

TEST_F(PolicyEffectTest, WhatIsObservedIsDecidedAsIfItWereEnforced) {
  offer(0, 1, 0);
  Policy policy = make_policy("p");
  policy.mode = PolicyMode::observe;
  EXPECT_EQ(outcome(upgrade_under(policy)), kMiddle);
  offer(1, 0, 1);
  EXPECT_EQ(restore_under(policy), kSmall);
}

TEST_F(PolicyEffectTest, AnUpgradeWaitsAsLongAsThePolicySays) {
  offer(0, 1, 0);
  Policy policy = make_policy("p");
  policy.upgrade.after = 30s;
  const UpgradeDecision early = upgrade_under(policy, 10s);
  EXPECT_EQ(early.reason, UpgradeReason::waits_first);
  EXPECT_EQ(early.wait, 20s);
  EXPECT_EQ(outcome(upgrade_under(policy, 30s)), kMiddle);
}

TEST_F(PolicyEffectTest, NoGrantIsLargerThanTheLargest) {
  offer(0, 0, 1);
  Policy policy = make_policy("p");
  policy.upgrade.largest = profile("2g.10gb");
  EXPECT_EQ(outcome(upgrade_under(policy)), "NotAllowed");
  offer(0, 1, 1);
  EXPECT_EQ(outcome(upgrade_under(policy)), kMiddle);
  offer(0, 0, 0);
  EXPECT_EQ(outcome(upgrade_under(policy)), "NothingLargerFree");
}

TEST_F(PolicyEffectTest, OnlyAllowedProfilesAreGranted) {
  offer(0, 1, 1);
  Policy policy = make_policy("p");
  policy.upgrade.allowed = {profile("3g.20gb")};
  EXPECT_EQ(outcome(upgrade_under(policy)), kLarge);
  policy.upgrade.allowed = {profile("7g.40gb")};
  EXPECT_EQ(outcome(upgrade_under(policy)), "NotAllowed");
}

TEST_F(PolicyEffectTest, ARestoreKeepsToTheAllowedProfilesAndToTheDemand) {
  offer(0, 1, 1);
  Policy policy = make_policy("p");
  policy.upgrade.allowed = {profile("3g.20gb")};
  EXPECT_EQ(restore_under(policy), "NothingSmallerFree");
  offer(1, 1, 1);
  EXPECT_EQ(restore_under(policy), kSmall);
}

TEST_F(PolicyEffectTest, ThePolicysOwnRestoreModeAndRunTimeHold) {
  offer(1, 0, 1);
  Policy policy = make_policy("p");
  policy.restore_mode = cluster::RestoreMode::never;
  EXPECT_EQ(restore_under(policy), "ModeNever");
  policy.restore_mode = cluster::RestoreMode::when_needed;
  EXPECT_EQ(restore_under(policy), "NotNeeded");
  policy.restore_mode = cluster::RestoreMode::eager;
  policy.minimum_run_time = 2h;
  EXPECT_EQ(restore_under(policy), "RunsTooShort");
  EXPECT_EQ(restore_under(policy, 2h), kSmall);
}

TEST_F(PolicyEffectTest, EachPodIsRestoredByItsOwnPolicy) {
  offer(2, 0, 2);
  Policy never = make_policy("never");
  never.restore_mode = cluster::RestoreMode::never;
  never.pods = with_label("keep", "yes");
  store_.upsert(never);
  const auto upgraded = [](std::string_view pod) {
    return make_pod(pod).asks(kLarge).instead_of(kSmall).on("a").started_at(kNow - 1h);
  };
  store_.upsert(upgraded("web-1").label("keep", "yes").created_at(base::WallTime{1s}).build());
  store_.upsert(upgraded("web-2").created_at(base::WallTime{2s}).build());
  const auto next = next_restore(store_.snapshot(), {}, kNow, [](const auto&) { return false; });
  ASSERT_TRUE(next);
  EXPECT_EQ(store_.snapshot().find_pod(next->pod_uid)->name, "web-2");
}

}  // namespace
}  // namespace migadapter::decide
