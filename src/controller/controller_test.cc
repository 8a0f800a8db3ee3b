#include "controller/controller.h"

#include <gtest/gtest.h>

#include "controller/limits.h"
#include "controller/world_test_fixture.h"

namespace migadapter::controller {
namespace {

constexpr const char* k1g = "nvidia.com/mig-1g.5gb";
constexpr const char* k2g = "nvidia.com/mig-2g.10gb";
constexpr const char* k3g = "nvidia.com/mig-3g.20gb";
constexpr const char* k4g = "nvidia.com/mig-4g.20gb";

cluster::Node all_balanced(const std::string& name) {
  return cluster::testing::make_node(name).offers(k1g, 2).offers(k2g, 1).offers(k3g, 1);
}

class ControllerTest : public testing::Test {
 protected:
  World world_;
};

TEST_F(ControllerTest, TheWalkthroughUpgradesTheThirdPodAndRestoresIt) {
  world_.add_node(all_balanced("gpu-1"));
  world_.add_owner("workload-1g-1", k1g, 1);
  world_.add_owner("workload-1g-2", k1g, 1);
  world_.settle();
  EXPECT_EQ(world_.evictions(), 0);

  world_.scale("workload-1g-2", 2);
  world_.settle();
  EXPECT_EQ(world_.grants_of("workload-1g-2"), "1g.5gb, 2g.10gb");
  EXPECT_EQ(world_.evictions(), 1);

  world_.scale("workload-1g-1", 0);
  world_.settle();
  EXPECT_EQ(world_.grants_of("workload-1g-2"), "1g.5gb, 1g.5gb");
  EXPECT_EQ(world_.evictions(), 2);
}

TEST_F(ControllerTest, ABurstOfAHundredPodsCostsAHundredEvictions) {
  for (int i = 0; i < 100; ++i) {
    world_.add_node(cluster::testing::make_node("gpu-" + std::to_string(i)).offers(k2g, 1));
  }
  world_.add_owner("web", k1g, 100);
  world_.settle();
  EXPECT_EQ(world_.grants_of("web").find("pending"), std::string::npos);
  EXPECT_EQ(world_.evictions(), 100);
}

TEST_F(ControllerTest, AStatefulSetsPodComesBackUnderItsNameWithTheGrant) {
  world_.add_node(all_balanced("gpu-1"));
  world_.add_owner("db", k1g, 3, cluster::OwnerKind::stateful_set);
  world_.settle();
  EXPECT_EQ(world_.grants_of("db"), "1g.5gb, 1g.5gb, 2g.10gb");
  EXPECT_EQ(world_.evictions(), 1);
}

TEST_F(ControllerTest, OfTwoUpgradedPodsTheOneThatWastesMoreIsRestored) {
  world_.add_node(cluster::testing::make_node("gpu-1").offers(k4g, 1));
  world_.add_owner("small", k1g, 1);
  world_.settle();
  ASSERT_EQ(world_.grants_of("small"), "4g.20gb");
  world_.add_node(cluster::testing::make_node("gpu-2").offers(k3g, 1));
  world_.add_owner("middle", k2g, 1);
  world_.settle();
  // Moving small from 4g.20gb to 3g.20gb would reclaim a slice too, but middle waits for it.
  ASSERT_EQ(world_.grants_of("middle"), "3g.20gb");
  ASSERT_EQ(world_.grants_of("small"), "4g.20gb");
  world_.add_node(cluster::testing::make_node("gpu-3").offers(k2g, 1));
  world_.settle();
  EXPECT_EQ(world_.grants_of("small"), "2g.10gb");
  EXPECT_EQ(world_.grants_of("middle"), "3g.20gb");
}

TEST_F(ControllerTest, NothingIsEvictedWhileAnotherProcessLeads) {
  world_.add_node(all_balanced("gpu-1"));
  world_.gate_view().leader_until.reset();
  world_.add_owner("web", k1g, 3);
  world_.settle();
  EXPECT_EQ(world_.evictions(), 0);
  world_.gate_view().leader_until = base::MonotonicTime::max();
  world_.pass(base::Millis(1));
  EXPECT_EQ(world_.evictions(), 1);
}

TEST_F(ControllerTest, TheGateIsAskedAgainBeforeEachEviction) {
  world_.add_node(all_balanced("gpu-1"));
  world_.add_node(all_balanced("gpu-2"));
  int requests = 0;
  world_.on_request = [&](const kube::Eviction&) {
    ++requests;
    world_.gate_view().leader_until.reset();
  };
  world_.add_owner("web-1", k2g, 3);
  world_.add_owner("web-2", k1g, 5);
  world_.settle();
  ASSERT_EQ(requests, 1);
  world_.gate_view().leader_until = base::MonotonicTime::max();
  world_.pass(base::Millis(1));
  EXPECT_EQ(requests, 2) << "only one pod was to be evicted, so the gate has held nothing back";
}

TEST_F(ControllerTest, APodThatChangedBeforeTheEvictionIsDecidedAnew) {
  world_.add_node(all_balanced("gpu-1"));
  world_.eviction_errors = {base::Error(base::ErrorCode::conflict, "the object has been modified")};
  int requests = 0;
  world_.on_request = [&requests](const kube::Eviction&) { ++requests; };
  world_.add_owner("web", k1g, 3);
  world_.settle();
  EXPECT_EQ(requests, 1) << "asked again although the watch has shown no change";
  world_.pass(kNewsPatience);
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 1g.5gb, 2g.10gb");
  EXPECT_EQ(world_.evictions(), 1);
}

TEST_F(ControllerTest, ALostAnswerToAnEvictionIsNotAskedTwice) {
  world_.add_node(all_balanced("gpu-1"));
  world_.lost_answers = {base::Error(base::ErrorCode::timeout, "no answer in 30 s")};
  world_.add_owner("web", k1g, 3);
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 1g.5gb, 2g.10gb");
  EXPECT_EQ(world_.evictions(), 1);
}

TEST_F(ControllerTest, ARuleOutlivesTheLostAnswerUntilTheSuccessorComes) {
  world_.add_node(all_balanced("gpu-1"));
  world_.lost_answers = {base::Error(base::ErrorCode::timeout, "no answer in 30 s")};
  world_.add_owner("web", k1g, 3);
  world_.owners_recreate = false;
  world_.settle();
  ASSERT_EQ(world_.evictions(), 1);
  world_.owners_recreate = true;
  world_.scale("web", 3);
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 1g.5gb, 2g.10gb");
  EXPECT_EQ(world_.evictions(), 1);
}

TEST_F(ControllerTest, AnEvictionThatWasNeverCarriedOutIsDecidedAnewWithoutBlame) {
  world_.add_node(all_balanced("gpu-1"));
  world_.eviction_errors = {base::Error(base::ErrorCode::unavailable, "connection reset")};
  world_.add_owner("web", k1g, 3);
  world_.settle();
  ASSERT_EQ(world_.evictions(), 0);
  world_.pass(kNewsPatience);
  EXPECT_EQ(world_.evictions(), 1);
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 1g.5gb, 2g.10gb");
}

TEST_F(ControllerTest, NoMoveIsOverdueForAsLongAsTheClusterCannotBeSeen) {
  world_.add_node(all_balanced("gpu-1"));
  world_.add_owner("web", k1g, 3);
  world_.owners_recreate = false;
  world_.settle();
  ASSERT_EQ(world_.evictions(), 1);
  world_.view_is_stale = true;
  world_.pass(kRuleLifetime + kFirstBackOff);
  world_.view_is_stale = false;
  world_.pass(base::Millis(1));
  const std::vector<std::string> reasons = world_.event_reasons();
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "UpgradeFailed"), 0);
}

TEST_F(ControllerTest, ADisruptionBudgetHoldsTheOwnerAsLongAsTheServerAsks) {
  world_.add_node(all_balanced("gpu-1"));
  world_.eviction_errors = {base::Error(base::ErrorCode::too_many_requests, "budget")
                                .with_retry_after(base::Millis(7'000))};
  world_.add_owner("web", k1g, 3);
  world_.settle();
  world_.pass(base::Millis(6'999));
  EXPECT_EQ(world_.evictions(), 0);
  world_.pass(base::Millis(1));
  EXPECT_EQ(world_.evictions(), 1);
}

TEST_F(ControllerTest, ABudgetThatNamesNoWaitIsNotAskedWithoutEnd) {
  world_.add_node(all_balanced("gpu-1"));
  const auto budget =
      base::Error(base::ErrorCode::too_many_requests, "budget").with_retry_after(base::Millis(0));
  world_.eviction_errors = {budget, budget, budget};
  int requests = 0;
  world_.on_request = [&requests](const kube::Eviction&) { ++requests; };
  world_.add_owner("web", k1g, 3);
  world_.settle();
  EXPECT_EQ(requests, 1);
  world_.pass(kShortestPause);
  EXPECT_EQ(requests, 2);
}

TEST_F(ControllerTest, AWebhookThatDoesNotPatchCostsFewEvictionsHoweverLongItLasts) {
  world_.add_node(all_balanced("gpu-1"));
  world_.webhook_patches = false;
  world_.add_owner("web", k1g, 3);
  world_.settle();
  for (int minute = 0; minute < 59; ++minute) world_.pass(base::Millis(60'000));
  EXPECT_LE(world_.evictions(), kMostFailuresPerHour);
  EXPECT_GT(world_.evictions(), 1);
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 1g.5gb, pending 1g.5gb");
}

TEST_F(ControllerTest, TellsOnThePodWhatHappenedToIt) {
  world_.add_node(all_balanced("gpu-1"));
  world_.add_owner("web", k1g, 5);
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb, 1g.5gb, 2g.10gb, 3g.20gb, pending 1g.5gb");
  const std::vector<std::string> reasons = world_.event_reasons();
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "Upgrading"), 2);
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "Upgraded"), 2);
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "NotUpgraded"), 1);
}

TEST_F(ControllerTest, APodWhosePromisedNodeVanishesIsMovedOnAfterItsBackOff) {
  world_.add_node(cluster::testing::make_node("gpu-1").offers(k2g, 1));
  world_.on_eviction = [this](const cluster::Pod&) { world_.remove_node("gpu-1"); };
  world_.add_owner("web", k1g, 1);
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), "pending 2g.10gb");
  world_.on_eviction = [](const cluster::Pod&) {};
  world_.add_node(cluster::testing::make_node("gpu-2").offers(k3g, 1));
  world_.pass(kBindDeadline);
  EXPECT_EQ(world_.evictions(), 1) << "not before the owner may try again";
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.grants_of("web"), "3g.20gb");
  EXPECT_EQ(world_.evictions(), 2);
}

TEST_F(ControllerTest, APodThatLostItsGrantGetsItsDemandBackWhenThatIsFree) {
  world_.add_node(cluster::testing::make_node("gpu-1").offers(k2g, 1));
  world_.on_eviction = [this](const cluster::Pod&) { world_.remove_node("gpu-1"); };
  world_.add_owner("web", k1g, 1);
  world_.settle();
  world_.on_eviction = [](const cluster::Pod&) {};
  world_.add_node(cluster::testing::make_node("gpu-2").offers(k1g, 1));
  world_.pass(kBindDeadline + kFirstBackOff);
  EXPECT_EQ(world_.evictions(), 1);
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.grants_of("web"), "1g.5gb");
  EXPECT_EQ(world_.event_reasons().back(), "Restored");
  EXPECT_EQ(world_.rules(), 0U);
  EXPECT_TRUE(world_.seen().promises().empty());
}

/// One upgrade and then one restore, of either kind of owner, with the controller started anew
/// after `steps` single steps of cluster and controller. Returns the number of evictions; `steps`
/// counts down.
int evictions_with_restart(cluster::OwnerKind kind, int steps) {
  World world;
  const auto run = [&world, &steps] {
    for (int round = 0; round < 1'000; ++round) {
      const bool acted = world.cluster_step();
      if (steps-- == 0) world.restart_controller();
      if (!world.controller_step(1) && !acted) break;
    }
    for (int i = 0; i < 4; ++i) world.pass(kRuleLifetime);
  };
  world.add_node(all_balanced("gpu-1"));
  world.add_owner("web", k1g, 3, kind);
  run();
  EXPECT_EQ(world.grants_of("web"), "1g.5gb, 1g.5gb, 2g.10gb");
  world.add_node(cluster::testing::make_node("gpu-2").offers(k1g, 1));
  run();
  EXPECT_EQ(world.grants_of("web"), "1g.5gb, 1g.5gb, 1g.5gb");
  EXPECT_EQ(world.rules(), 0U);
  EXPECT_TRUE(world.seen().promises().empty());
  return world.evictions();
}

TEST_F(ControllerTest, ARestartAtAnyStepEndsWhereAnUndisturbedRunEnds) {
  for (const auto kind : {cluster::OwnerKind::replica_set, cluster::OwnerKind::stateful_set}) {
    const int undisturbed = evictions_with_restart(kind, -1);
    EXPECT_EQ(undisturbed, 2);
    for (int steps = 0; steps < 60; ++steps) {
      SCOPED_TRACE(testing::Message() << "restarted after step " << steps);
      EXPECT_LE(evictions_with_restart(kind, steps), undisturbed + 1);
    }
  }
}

TEST_F(ControllerTest, TellsOfMovesThatFailed) {
  world_.add_node(all_balanced("gpu-1"));
  world_.webhook_patches = false;
  world_.add_owner("web", k1g, 3);
  world_.settle();
  world_.pass(kRuleLifetime);
  EXPECT_EQ(world_.event_reasons().back(), "UpgradeFailed");
}

TEST_F(ControllerTest, EveryWaitingPodIsToldWhyItWaitsThoughNotAtOnce) {
  world_.add_node(cluster::testing::make_node("gpu-1").offers(k1g, 1));
  world_.add_owner("web", k1g, kEventBurst + 10);
  const auto told = [this] {
    const std::vector<std::string> reasons = world_.event_reasons();
    return std::count(reasons.begin(), reasons.end(), "NotUpgraded");
  };
  world_.settle();
  EXPECT_EQ(told(), kEventBurst);
  world_.pass(kResync);
  EXPECT_EQ(told(), kEventBurst + 9);
}

TEST_F(ControllerTest, AnOwnerThatDoesNotRecreateItsPodIsLeftAlone) {
  world_.add_node(all_balanced("gpu-1"));
  world_.add_owner("web", k1g, 3);
  world_.owners_recreate = false;
  world_.settle();
  EXPECT_EQ(world_.evictions(), 1);
  world_.pass(kRuleLifetime);
  world_.owners_recreate = true;
  world_.scale("web", 3);
  world_.settle();
  EXPECT_EQ(world_.evictions(), 1);
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.evictions(), 2);
}

}  // namespace
}  // namespace migadapter::controller
