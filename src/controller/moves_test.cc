#include "controller/moves.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

using Ids = std::vector<std::string>;

constexpr base::MonotonicTime kStart{base::Millis(1'000'000)};

Move move_of(const std::string& rule_id, MovePhase phase) {
  Move move;
  move.rule = cluster::testing::make_rule(rule_id);
  move.rule.old_pod = {"pod-" + rule_id, cluster::testing::uid_of("pod-" + rule_id), "1"};
  move.phase = phase;
  move.since = kStart;
  move.deadline = kStart + base::Millis(30'000);
  return move;
}

TEST(Moves, AreFoundByTheirRuleTheirOldAndTheirNewPod) {
  Moves moves;
  Move& move = moves.begin(move_of("r", MovePhase::awaiting));
  moves.set_new_pod(move, cluster::testing::uid_of("new"));
  EXPECT_EQ(moves.find("r"), &move);
  EXPECT_EQ(moves.find_by_pod(cluster::testing::uid_of("pod-r")), &move);
  EXPECT_EQ(moves.find_by_pod(cluster::testing::uid_of("new")), &move);
  moves.end("r");
  EXPECT_EQ(moves.find("r"), nullptr);
  EXPECT_EQ(moves.find_by_pod(cluster::testing::uid_of("pod-r")), nullptr);
  EXPECT_EQ(moves.find_by_pod(cluster::testing::uid_of("new")), nullptr);
}

TEST(Moves, OnlyThoseThatStandStillForASecondAreWrittenDown) {
  Moves moves;
  moves.begin(move_of("a", MovePhase::recording));
  moves.begin(move_of("b", MovePhase::publishing));
  moves.begin(move_of("c", MovePhase::publishing)).written = MovePhase::publishing;
  moves.begin(move_of("d", MovePhase::placing)).written = MovePhase::publishing;
  EXPECT_EQ(moves.unwritten(kStart + kStatusDelay - base::Millis(1)), Ids{});
  EXPECT_EQ(moves.next_deadline(), kStart + kStatusDelay);
  EXPECT_EQ(moves.unwritten(kStart + kStatusDelay), (Ids{"b", "d"}));
}

TEST(Moves, EveryPhaseButTheFirstIsOneOfTheRules) {
  EXPECT_EQ(rule_phase(MovePhase::publishing), cluster::RulePhase::publishing);
  EXPECT_EQ(rule_phase(MovePhase::evicting), cluster::RulePhase::evicting);
  EXPECT_EQ(rule_phase(MovePhase::awaiting), cluster::RulePhase::awaiting);
  EXPECT_EQ(rule_phase(MovePhase::placing), cluster::RulePhase::placing);
  EXPECT_EQ(rule_phase(MovePhase::starting), cluster::RulePhase::starting);
}

}  // namespace
}  // namespace migadapter::controller
