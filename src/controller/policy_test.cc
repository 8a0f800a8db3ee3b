// What policies do to a whole cluster, over time.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "controller/limits.h"
#include "controller/world_test_fixture.h"

namespace migadapter::controller {
namespace {

using namespace std::chrono_literals;
using cluster::Policy;
using cluster::PolicyMode;
using cluster::testing::make_node;
using cluster::testing::make_policy;

constexpr const char* k1g = "nvidia.com/mig-1g.5gb";
constexpr const char* k2g = "nvidia.com/mig-2g.10gb";
constexpr const char* k3g = "nvidia.com/mig-3g.20gb";

class PolicyWorldTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.add_node(make_node("gpu-1").offers(k1g, 1).offers(k2g, 2).offers(k3g, 1));
  }
  /// How many Events of that reason there are.
  std::int64_t said(const std::string& reason) {
    const auto reasons = world_.event_reasons();
    return std::count(reasons.begin(), reasons.end(), reason);
  }
  const cluster::Condition& ready(const std::string& policy) {
    return world_.policy(policy).status.conditions.at(0);
  }
  static Policy in_mode(std::string_view name, PolicyMode mode) {
    Policy policy = make_policy(name);
    policy.mode = mode;
    return policy;
  }

  World world_;
};

TEST_F(PolicyWorldTest, ModeOffLeavesWaitingPodsAsTheyAre) {
  world_.put_policy(in_mode("p", PolicyMode::off));
  world_.add_owner("web", k1g, 2);
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, pending 1g.5gb");
  EXPECT_EQ(world_.evictions(), 0);
  EXPECT_EQ(said("NotUpgraded"), 1);
  world_.put_policy(in_mode("p", PolicyMode::enforce));
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 2g.10gb");
}

TEST_F(PolicyWorldTest, ObserveSaysWhatItWouldDoOnceAndEvictsNothing) {
  world_.put_policy(in_mode("p", PolicyMode::observe));
  world_.add_owner("web", k1g, 5);
  world_.settle();
  for (int i = 0; i < 5; ++i) world_.pass(kResync);
  EXPECT_EQ(world_.evictions(), 0);
  // Two instances of 2g.10gb and one of 3g.20gb are free for four pods that wait.
  EXPECT_EQ(said("WouldUpgrade"), 3);
  EXPECT_EQ(world_.policy("p").status.would_upgrade, 3);
  EXPECT_EQ(world_.policy("p").status.would_restore, 0);
  EXPECT_EQ(ready("p").reason, "Observing");
  EXPECT_TRUE(world_.seen().promises().empty());
}

TEST_F(PolicyWorldTest, ObserveSaysWhatItWouldRestore) {
  world_.add_owner("web", k1g, 2);
  world_.settle();
  world_.put_policy(in_mode("p", PolicyMode::observe));
  world_.add_node(make_node("gpu-2").offers(k1g, 1));
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 2g.10gb");
  EXPECT_EQ(said("WouldRestore"), 1);
  EXPECT_EQ(world_.policy("p").status.would_restore, 1);
}

TEST_F(PolicyWorldTest, WhatIsObservedKeepsNoRoomFromWhatIsDone) {
  Policy observe = in_mode("observe", PolicyMode::observe);
  observe.namespaces = cluster::testing::with_label("kubernetes.io/metadata.name", "quiet");
  world_.put_policy(observe);
  world_.add_namespace("quiet", {{"kubernetes.io/metadata.name", "quiet"}});
  world_.add_owner("quiet/web", k1g, 5);
  world_.settle();
  world_.add_owner("web", k1g, 3);
  world_.settle();
  EXPECT_EQ(world_.grants_of("quiet/web"),
            "1g.5gb, pending 1g.5gb, pending 1g.5gb, pending 1g.5gb, pending 1g.5gb");
  EXPECT_EQ(world_.grants_of("web"), "2g.10gb, 2g.10gb, 3g.20gb");
}

TEST_F(PolicyWorldTest, ASuspendedPolicyStopsTheClusterUntilItIsGone) {
  Policy stop = make_policy("stop");
  stop.suspended = true;
  world_.put_policy(make_policy("p", 100));
  world_.put_policy(stop);
  world_.add_owner("web", k1g, 2);
  world_.settle();
  EXPECT_EQ(world_.evictions(), 0);
  EXPECT_EQ(ready("stop").reason, "Suspended");
  world_.remove_policy("stop");
  world_.settle();
  EXPECT_EQ(world_.evictions(), 1);
}

TEST_F(PolicyWorldTest, AnUpgradeIsDoneOnceThePodHasWaited) {
  Policy policy = make_policy("p");
  policy.upgrade.after = 40s;
  world_.put_policy(policy);
  world_.add_owner("web", k1g, 2);
  world_.settle();
  world_.pass(39s);
  EXPECT_EQ(world_.evictions(), 0);
  world_.pass(1s);
  EXPECT_EQ(world_.evictions(), 1);
}

TEST_F(PolicyWorldTest, ARestoreIsDoneOnceItHasBeenPossibleForAWhile) {
  Policy policy = make_policy("p");
  policy.hysteresis = 20s;
  world_.put_policy(policy);
  world_.add_owner("web", k1g, 2);
  world_.settle();
  ASSERT_EQ(world_.grants_of("web"), "1g.5gb, 2g.10gb");
  world_.add_node(make_node("gpu-2").offers(k1g, 1));
  world_.settle();
  world_.pass(19s);
  world_.remove_node("gpu-2");
  world_.pass(1s);
  world_.add_node(make_node("gpu-2").offers(k1g, 1));
  world_.settle();
  world_.pass(19s);
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 2g.10gb");
  world_.pass(1s);
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 1g.5gb");
}

TEST_F(PolicyWorldTest, ABudgetPerHourIsKeptAndSaid) {
  Policy policy = make_policy("p");
  policy.budgets.owner.per_hour = 2;
  world_.put_policy(policy);
  world_.add_owner("web", k1g, 4);
  world_.settle();
  world_.pass(59min);
  EXPECT_EQ(world_.evictions(), 2);
  EXPECT_EQ(said("NotUpgraded"), 1);
  world_.pass(1min);
  EXPECT_EQ(world_.evictions(), 3);
}

TEST_F(PolicyWorldTest, ABudgetSurvivesARestart) {
  Policy policy = make_policy("p");
  policy.budgets.cluster.per_hour = 1;
  world_.put_policy(policy);
  world_.add_owner("web", k1g, 3);
  world_.settle();
  EXPECT_EQ(world_.evictions(), 1);
  world_.pass(30min);
  world_.restart_controller();
  world_.settle();
  EXPECT_EQ(world_.evictions(), 1);
  world_.pass(30min);
  EXPECT_EQ(world_.evictions(), 2);
}

TEST_F(PolicyWorldTest, ABudgetOfMovesAtTheSameTimeIsKept) {
  Policy policy = make_policy("p");
  policy.budgets.cluster.concurrent = 2;
  world_.put_policy(policy);
  for (int i = 0; i < 4; ++i) {
    world_.add_node(make_node("more-" + std::to_string(i)).offers(k2g, 1));
  }
  std::int64_t most = 0;
  world_.on_eviction = [&](const cluster::Pod&) {
    most = std::max<std::int64_t>(most, std::ssize(world_.seen().promises()));
  };
  for (const char* owner : {"a", "b", "c", "d", "e"}) world_.add_owner(owner, k1g, 1);
  world_.settle();
  EXPECT_EQ(world_.evictions(), 4);
  EXPECT_EQ(most, 2);
}

TEST_F(PolicyWorldTest, AnOwnerHasOneRestoreAtATime) {
  world_.add_owner("web", k1g, 4);
  world_.settle();
  ASSERT_EQ(world_.grants_of("web"), "1g.5gb, 2g.10gb, 2g.10gb, 3g.20gb");
  std::int64_t most = 0;
  world_.on_eviction = [&](const cluster::Pod&) {
    most = std::max<std::int64_t>(most, std::ssize(world_.seen().promises()));
  };
  world_.add_node(make_node("gpu-2").offers(k1g, 3));
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 1g.5gb, 1g.5gb, 1g.5gb");
  EXPECT_EQ(most, 1);
}

TEST_F(PolicyWorldTest, TheStatusIsWrittenAtFirstSightAndOnChangeOnly) {
  world_.put_policy(make_policy("p"));
  world_.settle();
  EXPECT_EQ(world_.policy("p").status.observed_generation, 1);
  EXPECT_EQ(world_.status_writes(), 1);
  for (int i = 0; i < 5; ++i) world_.pass(kResync);
  EXPECT_EQ(world_.status_writes(), 1);
  world_.put_policy(in_mode("p", PolicyMode::off));
  world_.settle();
  EXPECT_EQ(world_.policy("p").status.observed_generation, 2);
  EXPECT_EQ(ready("p").reason, "Off");
  EXPECT_EQ(world_.status_writes(), 2);
}

TEST_F(PolicyWorldTest, AProcessThatDoesNotActWritesNoStatus) {
  world_.gate_view().leader_until.reset();
  world_.put_policy(make_policy("p"));
  world_.settle();
  world_.pass(kResync);
  EXPECT_EQ(world_.status_writes(), 0);
}

}  // namespace
}  // namespace migadapter::controller
