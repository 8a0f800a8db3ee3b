// Moves as MigRules: what is written when, what a restart finds, and who acts.
#include <gtest/gtest.h>

#include <algorithm>

#include "controller/limits.h"
#include "controller/world_test_fixture.h"

namespace migadapter::controller {
namespace {

using base::ErrorCode;
using cluster::RulePhase;

constexpr const char* k1g = "nvidia.com/mig-1g.5gb";
constexpr const char* k2g = "nvidia.com/mig-2g.10gb";
constexpr const char* kAllUpgraded = "1g.5gb, 1g.5gb, 2g.10gb";

/// Room for two pods of owner "web" as they ask, and for a third on a larger instance.
class RulesTest : public testing::Test {
 protected:
  RulesTest() {
    world_.add_node(cluster::testing::make_node("gpu-1").offers(k1g, 2).offers(k2g, 1));
  }
  void add_web() {
    world_.add_owner("web", k1g, 3);
    world_.settle();
  }
  /// One pod is evicted, and its owner does not create the next.
  void evict_without_successor() {
    world_.add_owner("web", k1g, 3);
    world_.owners_recreate = false;
    world_.settle();
    ASSERT_EQ(world_.evictions(), 1);
  }
  void pass_slowly(base::Millis time) {
    for (base::Millis passed{0}; passed < time; passed += base::Millis(1'000))
      world_.pass(base::Millis(1'000));
  }
  const cluster::Rule& only_rule() const { return world_.all_rules().begin()->second; }
  bool told(const std::string& reason) const {
    const std::vector<std::string> reasons = world_.event_reasons();
    return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
  }

  World world_;
};

TEST_F(RulesTest, ThePodIsNotEvictedBeforeEveryReplicaServesItsRule) {
  world_.add_webhook();
  world_.rules_travel = false;
  add_web();
  EXPECT_EQ(world_.rules(), 1U);
  EXPECT_EQ(world_.seen().promises().size(), 1U);
  EXPECT_EQ(world_.evictions(), 0);
  world_.rules_travel = true;
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, AReplicaThatHasDiedIsWaitedForUntilItsLeaseEnds) {
  world_.add_webhook();
  world_.settle();
  world_.kill_webhook(1);
  add_web();
  pass_slowly(base::Millis(9'000));
  EXPECT_EQ(world_.evictions(), 0);
  pass_slowly(base::Millis(2'000));
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
}

TEST_F(RulesTest, WithoutAReplicaNoRuleIsWritten) {
  world_.kill_webhook(0);
  pass_slowly(base::Millis(11'000));
  add_web();
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, ARuleThatAReplicaDoesNotServeInTimeIsWithdrawnAndTheOwnerWaits) {
  world_.rules_travel = false;
  add_web();
  pass_slowly(kPublishPatience);
  EXPECT_TRUE(world_.all_rules().empty());
  EXPECT_TRUE(world_.seen().promises().empty());
  EXPECT_TRUE(told("UpgradeFailed"));
  world_.rules_travel = true;
  pass_slowly(kFirstBackOff);
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
}

TEST_F(RulesTest, APodThatFindsANodeWhileItsRuleIsPublishedStays) {
  world_.rules_travel = false;
  add_web();
  world_.add_node(cluster::testing::make_node("gpu-2").offers(k1g, 1));
  world_.settle();
  world_.rules_travel = true;
  world_.settle();
  EXPECT_EQ(world_.evictions(), 0);
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, APodWhosePromisedRoomIsTakenWhileItsRuleIsPublishedStays) {
  world_.rules_travel = false;
  add_web();
  world_.add_owner("native", k2g, 1);
  world_.settle();
  world_.rules_travel = true;
  world_.settle();
  EXPECT_EQ(world_.evictions(), 0);
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, AMoveThatTakesASecondSaysInItsStatusHowFarItHasCome) {
  evict_without_successor();
  EXPECT_TRUE(only_rule().status.actor.empty());
  pass_slowly(kStatusDelay);
  EXPECT_EQ(only_rule().status.phase, RulePhase::awaiting);
  EXPECT_EQ(only_rule().status.reason, "Awaiting");
  EXPECT_EQ(only_rule().status.actor, "actor-0_1");
}

TEST_F(RulesTest, AnOwnerThatWantsFewerPodsMeanwhileIsNotBlamed) {
  evict_without_successor();
  world_.scale("web", 2);
  world_.settle();
  EXPECT_TRUE(world_.all_rules().empty());
  EXPECT_FALSE(told("UpgradeFailed"));
}

TEST_F(RulesTest, ARestartLosesNeitherTheMoveNorItsPromise) {
  evict_without_successor();
  world_.restart_controller();
  world_.settle();
  EXPECT_EQ(world_.seen().promises().size(), 1U);
  EXPECT_EQ(only_rule().status.phase, RulePhase::awaiting);
  world_.owners_recreate = true;
  world_.scale("web", 3);
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
  EXPECT_EQ(world_.evictions(), 1);
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, ANamedPodThatComesBackWithoutItsRuleEndsTheMoveAtOnce) {
  world_.webhook_patches = false;
  world_.add_owner("db", k1g, 3, cluster::OwnerKind::stateful_set);
  world_.settle();
  EXPECT_EQ(world_.evictions(), 1);
  EXPECT_EQ(world_.kept_rules(), 1U);
  EXPECT_EQ(only_rule().status.reason, "NotRecreated");
  world_.webhook_patches = true;
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.grants_of("db"), kAllUpgraded);
}

TEST_F(RulesTest, ANamedPodThatCameBackWithoutItsRuleWhileNobodyActedEndsTheMoveAtTheStart) {
  world_.add_owner("db", k1g, 3, cluster::OwnerKind::stateful_set);
  world_.owners_recreate = false;
  world_.settle();
  ASSERT_EQ(world_.evictions(), 1);
  world_.webhook_patches = false;
  world_.owners_recreate = true;
  world_.scale("db", 3);
  world_.restart_controller();
  world_.webhook_patches = true;
  world_.settle();
  EXPECT_EQ(only_rule().status.reason, "NotRecreated");
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.grants_of("db"), kAllUpgraded);
}

TEST_F(RulesTest, BackOffSurvivesARestart) {
  world_.webhook_patches = false;
  add_web();
  world_.pass(kRuleLifetime);
  EXPECT_EQ(world_.kept_rules(), 1U);
  EXPECT_EQ(only_rule().status.reason, "NotRecreated");
  EXPECT_EQ(only_rule().status.failures.in_a_row, 1);
  world_.restart_controller();
  world_.settle();
  EXPECT_EQ(world_.evictions(), 1);
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.evictions(), 2);
  world_.pass(kRuleLifetime);
  EXPECT_EQ(world_.kept_rules(), 1U) << "one for each owner";
  EXPECT_EQ(only_rule().status.failures.in_a_row, 2);
}

TEST_F(RulesTest, NoRestartLetsAnOwnerFailMoreOftenThanTheHourlyLimit) {
  world_.webhook_patches = false;
  add_web();
  for (int minute = 0; minute < 55; ++minute) {
    world_.restart_controller();
    world_.pass(base::Millis(60'000));
  }
  EXPECT_LE(world_.evictions(), kMostFailuresPerHour);
  EXPECT_GT(world_.evictions(), 2);
}

TEST_F(RulesTest, ASuccessIsWrittenDownWithTheFailuresBeforeIt) {
  world_.webhook_patches = false;
  add_web();
  world_.pass(kRuleLifetime);
  world_.webhook_patches = true;
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
  EXPECT_EQ(only_rule().status.failures.in_a_row, 0);
  EXPECT_EQ(only_rule().status.failures.lately.size(), 1U);
}

TEST_F(RulesTest, FailuresAreForgottenAfterAnHour) {
  world_.webhook_patches = false;
  add_web();
  world_.pass(kRuleLifetime);
  world_.webhook_patches = true;
  world_.pass(kFirstBackOff);
  world_.pass(kFailureMemory);
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, APodThatItsKubeletRefusesHoldsTheOwnerBackAlsoAfterARestart) {
  world_.pods_start = false;
  add_web();
  EXPECT_EQ(world_.rules(), 1U) << "until it runs";
  world_.refuse_start("web");
  world_.controller_step();
  EXPECT_EQ(only_rule().status.reason, "RefusedByKubelet");
  world_.restart_controller();
  world_.settle();
  EXPECT_EQ(world_.evictions(), 1);
  world_.pods_start = true;
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.evictions(), 2);
}

TEST_F(RulesTest, DeletingARuleStopsItsMove) {
  world_.rules_travel = false;
  add_web();
  world_.delete_rules();
  world_.rules_travel = true;
  world_.settle();
  EXPECT_EQ(world_.evictions(), 0);
  EXPECT_TRUE(world_.seen().promises().empty());
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
}

TEST_F(RulesTest, DeletingTheRuleOfAnEvictedPodCostsItsOwnerNoBackOff) {
  evict_without_successor();
  world_.delete_rules();
  world_.owners_recreate = true;
  world_.scale("web", 3);
  world_.settle();
  EXPECT_EQ(world_.kept_rules(), 0U);
  world_.pass(kFirstBackOff);
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
}

TEST_F(RulesTest, StaleRulesAreDeletedAtTheStart) {
  cluster::Rule stale = cluster::testing::make_rule("stale");
  stale.old_pod = {"gone", cluster::testing::uid_of("gone"), "1"};
  world_.add_rule(stale);  // of an owner that is not there, expired long ago
  world_.restart_controller();
  world_.settle();
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, ARuleThatAppearsWhileWeActIsTakenForALateWrite) {
  add_web();
  cluster::Rule late = cluster::testing::make_rule("late");
  late.old_pod = {"gone", cluster::testing::uid_of("gone"), "1"};
  world_.add_rule(late);
  world_.settle();
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, ARuleWhoseAnswerIsLostIsFoundByTheWatch) {
  world_.lost_rule_answers = {base::Error(ErrorCode::timeout, "no answer")};
  add_web();
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
  EXPECT_EQ(world_.evictions(), 1);
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, ARuleThatWasNeverWrittenIsDecidedAnew) {
  world_.rule_errors = {base::Error(ErrorCode::unavailable, "connection reset")};
  add_web();
  EXPECT_EQ(world_.evictions(), 0);
  world_.pass(kNewsPatience);
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
}

TEST_F(RulesTest, ARefusedRuleIsNotAskedForAgainAtOnce) {
  world_.rule_errors = {
      base::Error(ErrorCode::too_many_requests, "busy").with_retry_after(base::Millis(7'000))};
  add_web();
  world_.pass(base::Millis(6'999));
  EXPECT_EQ(world_.evictions(), 0);
  world_.pass(base::Millis(1));
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
}

TEST_F(RulesTest, AnotherProcessCarriesOnWithTheMovesOfOneThatLostTheLease) {
  Actor& other = world_.add_actor();
  evict_without_successor();
  world_.gate_view().leader_until.reset();
  other.gate_view.leader_until = base::MonotonicTime::max();
  world_.pass(base::Millis(1));
  EXPECT_EQ(world_.actor(0).deposed, 1);
  EXPECT_EQ(only_rule().status.actor, "actor-1_1");
  EXPECT_EQ(other.controller().snapshot().promises().size(), 1U);
  world_.owners_recreate = true;
  world_.scale("web", 3);
  world_.settle();
  EXPECT_EQ(world_.grants_of("web"), kAllUpgraded);
  EXPECT_EQ(world_.evictions(), 1);
  EXPECT_TRUE(world_.all_rules().empty());
}

TEST_F(RulesTest, OneThatHasLostTheLeaseWritesNothing) {
  evict_without_successor();
  world_.gate_view().leader_until.reset();
  const int writes = world_.actor().writes;
  pass_slowly(kRuleLifetime + kFailureMemory / 60);
  EXPECT_EQ(world_.actor().writes, writes);
}

TEST_F(RulesTest, ALeaseThatLapsedWhileNobodyLookedCountsAsLost) {
  world_.gate_view().leader_until = world_.clock.monotonic() + base::Millis(10'000);
  world_.settle();
  world_.clock.advance(base::Millis(12'000));  // the process stood still
  world_.gate_view().leader_until = world_.clock.monotonic() + base::Millis(10'000);
  world_.actor().wake();
  EXPECT_EQ(world_.actor().deposed, 1);
}

/// One upgrade and then one restore; the process dies at its write number `dies_at`.
int evictions_with_death(cluster::OwnerKind kind, int dies_at, bool before) {
  World world;
  world.actor().dies_at_write = dies_at;
  world.actor().dies_before_write = before;
  world.add_node(cluster::testing::make_node("gpu-1").offers(k1g, 2).offers(k2g, 1));
  world.add_owner("web", k1g, 3, kind);
  const auto run = [&world] {
    world.settle();
    for (int i = 0; i < 4; ++i) world.pass(kRuleLifetime);
  };
  run();
  EXPECT_EQ(world.grants_of("web"), kAllUpgraded);
  world.add_node(cluster::testing::make_node("gpu-2").offers(k1g, 1));
  run();
  EXPECT_EQ(world.grants_of("web"), "1g.5gb, 1g.5gb, 1g.5gb");
  EXPECT_EQ(world.rules(), 0U);
  EXPECT_TRUE(world.seen().promises().empty());
  EXPECT_EQ(world.restarts(), dies_at > 0 ? 1 : 0);
  return world.evictions();
}

TEST_F(RulesTest, ADeathAtAnyWriteEndsWhereAnUndisturbedRunEnds) {
  for (const auto kind : {cluster::OwnerKind::replica_set, cluster::OwnerKind::stateful_set}) {
    const int undisturbed = evictions_with_death(kind, -1, false);
    EXPECT_EQ(undisturbed, 2);
    // Each move writes its rule, evicts, and deletes its rule.
    for (int write = 1; write <= 6; ++write) {
      for (const bool before : {true, false}) {
        SCOPED_TRACE(testing::Message()
                     << "died at write " << write << (before ? "" : ", after it"));
        EXPECT_EQ(evictions_with_death(kind, write, before), undisturbed);
      }
    }
  }
}

}  // namespace
}  // namespace migadapter::controller
