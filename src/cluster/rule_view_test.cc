#include "cluster/rule_view.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "cluster/resource_version.h"
#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::make_rule;
using testing::owned_by;
using testing::uid_of;

/// A moment, in seconds since the epoch. make_rule's rules expire at 60.
base::WallTime at(int seconds) {
  return base::WallTime{} + base::Millis{1000 * seconds};
}

std::vector<std::string> ids(const std::vector<RuleState>& states) {
  std::vector<std::string> result;
  for (const RuleState& state : states) result.push_back(state.rule.id);
  return result;
}
using Ids = std::vector<std::string>;

TEST(RuleView, ShowsARuleAsSoonAsItIsThere) {
  RuleView view;
  view.upsert(make_rule("r"));
  const std::vector<RuleState> rules = view.rules_of(uid_of("web"), at(0));
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].rule, make_rule("r"));
  EXPECT_FALSE(rules[0].claimed);
}

TEST(RuleView, GivesAnOwnersRulesInTheOrderOfTheirArrival) {
  RuleView view;
  for (const char* id : {"b", "c", "a"}) view.upsert(make_rule(id));
  view.upsert(make_rule("b"));  // a relist reports it again
  EXPECT_EQ(ids(view.rules_of(uid_of("web"), at(0))), (Ids{"b", "c", "a"}));
  EXPECT_EQ(ids(view.all(at(0))), (Ids{"a", "b", "c"}));
}

TEST(RuleView, KeepsOwnersApart) {
  RuleView view;
  Rule other = make_rule("other");
  other.owner = owned_by("api");
  view.upsert(make_rule("r"));
  view.upsert(other);
  EXPECT_EQ(ids(view.rules_of(uid_of("api"), at(0))), Ids{"other"});
  EXPECT_TRUE(view.rules_of(uid_of("nobody"), at(0)).empty());
}

TEST(RuleView, ForgetsARemovedRuleAndMindsNoUnknownOne) {
  RuleView view;
  view.upsert(make_rule("r"));
  view.remove(uid_of("r"));
  view.remove(uid_of("r"));
  EXPECT_TRUE(view.all(at(0)).empty());
  EXPECT_TRUE(view.rules_of(uid_of("web"), at(0)).empty());
  EXPECT_FALSE(view.claim("r", at(0), at(5)));
}

TEST(RuleView, ARuleThatWasMadeAnewUnderItsNameSurvivesTheEndOfTheOldOne) {
  RuleView view;
  view.upsert(make_rule("r"));
  Rule anew = make_rule("r");
  anew.uid = uid_of("another");
  view.upsert(anew);
  view.remove(uid_of("r"));
  EXPECT_EQ(ids(view.rules_of(uid_of("web"), at(0))), Ids{"r"});
}

TEST(RuleView, AClaimHoldsTheRuleForOneReviewAlsoWhenTheRuleChanges) {
  RuleView view;
  view.upsert(make_rule("r"));
  EXPECT_TRUE(view.claim("r", at(1), at(6)));
  Rule changed = make_rule("r");
  changed.status.phase = RulePhase::awaiting;
  view.upsert(changed);
  EXPECT_FALSE(view.claim("r", at(2), at(7)));
  EXPECT_TRUE(view.rules_of(uid_of("web"), at(2))[0].claimed);
  EXPECT_TRUE(view.all(at(2))[0].claimed);
}

TEST(RuleView, AClaimThatNothingConfirmsReturnsByItself) {
  RuleView view;
  view.upsert(make_rule("r"));
  ASSERT_TRUE(view.claim("r", at(1), at(6)));
  EXPECT_FALSE(view.rules_of(uid_of("web"), at(6))[0].claimed);
  EXPECT_TRUE(view.claim("r", at(6), at(11)));
}

TEST(RuleView, AnExpiredRuleIsNeitherOfferedNorClaimed) {
  RuleView view;
  view.upsert(make_rule("r"));
  EXPECT_EQ(ids(view.rules_of(uid_of("web"), at(59))), Ids{"r"});
  EXPECT_TRUE(view.rules_of(uid_of("web"), at(60)).empty());
  EXPECT_FALSE(view.claim("r", at(60), at(65)));
}

TEST(RuleView, ARuleThatAPodCarriesOrThatFailedIsNeitherOfferedNorClaimed) {
  for (const RulePhase phase : {RulePhase::placing, RulePhase::starting, RulePhase::backing_off}) {
    RuleView view;
    Rule rule = make_rule("r");
    rule.status.phase = phase;
    view.upsert(rule);
    EXPECT_TRUE(view.rules_of(uid_of("web"), at(0)).empty());
    EXPECT_FALSE(view.claim("r", at(0), at(5)));
  }
}

TEST(RuleView, TwoThreadsNeverClaimOneRuleBoth) {
  constexpr int kRules = 200;
  RuleView view;
  std::atomic<int> claims = 0;
  const auto claim_all = [&] {
    for (int rule = 0; rule < kRules; ++rule) {
      if (view.claim(std::to_string(rule), at(0), at(5))) ++claims;
    }
  };
  for (int rule = 0; rule < kRules; ++rule) view.upsert(make_rule(std::to_string(rule)));
  std::thread other(claim_all);
  claim_all();
  other.join();
  EXPECT_EQ(claims, kRules);
}

TEST(RuleView, IsReadInOneThreadWhileAnotherWrites) {
  constexpr int kRules = 200;
  RuleView view;
  std::thread writer([&view] {
    for (int rule = 0; rule < kRules; ++rule) {
      view.upsert(make_rule(std::to_string(rule)));
      if (rule % 2 == 0) view.remove(uid_of(std::to_string(rule)));
    }
  });
  for (int rule = 0; rule < kRules; ++rule) {
    for (const RuleState& state : view.rules_of(uid_of("web"), at(0))) {
      EXPECT_EQ(state.rule.owner.uid, uid_of("web"));
    }
    view.claim(std::to_string(rule), at(0), at(5));
  }
  writer.join();
  EXPECT_EQ(view.all(at(0)).size(), std::size_t{kRules} / 2);
}

TEST(ResourceVersion, OrdersAsNumbersHoweverLong) {
  struct Case {
    const char* seen;
    const char* written;
    bool has_come;
  };
  constexpr std::array<Case, 6> kCases = {{{"99", "100", false},
                                           {"100", "99", true},
                                           {"100", "100", true},
                                           {"", "1", false},
                                           {"18446744073709551616", "9", true},
                                           {"109", "110", false}}};
  for (const Case& each : kCases)
    EXPECT_EQ(has_come_to(each.seen, each.written), each.has_come) << each.seen;
}

}  // namespace
}  // namespace migadapter::cluster
