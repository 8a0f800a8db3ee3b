#include "cluster/rule_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

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

TEST(RuleStore, ShowsARuleAsSoonAsItIsPut) {
  MemoryRuleStore store(10);
  ASSERT_TRUE(store.put(make_rule("r")).ok());
  const std::vector<RuleState> rules = store.rules_of(uid_of("web"), at(0));
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].rule, make_rule("r"));
  EXPECT_FALSE(rules[0].claimed);
}

TEST(RuleStore, GivesAnOwnersRulesOldestFirst) {
  MemoryRuleStore store(10);
  for (const char* id : {"b", "c", "a"}) ASSERT_TRUE(store.put(make_rule(id)).ok());
  EXPECT_EQ(ids(store.rules_of(uid_of("web"), at(0))), (Ids{"b", "c", "a"}));
  EXPECT_EQ(ids(store.all(at(0))), (Ids{"a", "b", "c"}));
}

TEST(RuleStore, KeepsOwnersApart) {
  MemoryRuleStore store(10);
  Rule other = make_rule("other");
  other.owner = owned_by("api");
  ASSERT_TRUE(store.put(make_rule("r")).ok());
  ASSERT_TRUE(store.put(other).ok());
  EXPECT_EQ(ids(store.rules_of(uid_of("api"), at(0))), Ids{"other"});
  EXPECT_TRUE(store.rules_of(uid_of("nobody"), at(0)).empty());
}

TEST(RuleStore, RefusesAnIdThatItHas) {
  MemoryRuleStore store(10);
  ASSERT_TRUE(store.put(make_rule("r")).ok());
  const base::Status again = store.put(make_rule("r"));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), base::ErrorCode::already_exists);
  EXPECT_EQ(again.error().message(), "rule r exists");
}

TEST(RuleStore, IsBounded) {
  MemoryRuleStore store(2);
  ASSERT_TRUE(store.put(make_rule("a")).ok());
  ASSERT_TRUE(store.put(make_rule("b")).ok());
  const base::Status third = store.put(make_rule("c"));
  ASSERT_FALSE(third.ok());
  EXPECT_EQ(third.error().code(), base::ErrorCode::too_many_requests);
  store.withdraw("a");
  EXPECT_TRUE(store.put(make_rule("c")).ok());
}

TEST(RuleStore, ForgetsAWithdrawnRuleAndMindsNoUnknownOne) {
  MemoryRuleStore store(10);
  ASSERT_TRUE(store.put(make_rule("r")).ok());
  store.withdraw("r");
  store.withdraw("r");
  EXPECT_TRUE(store.all(at(0)).empty());
  EXPECT_TRUE(store.rules_of(uid_of("web"), at(0)).empty());
  EXPECT_FALSE(store.claim("r", at(0), at(5)));
}

TEST(RuleStore, AClaimHoldsTheRuleForOneReview) {
  MemoryRuleStore store(10);
  ASSERT_TRUE(store.put(make_rule("r")).ok());
  EXPECT_TRUE(store.claim("r", at(1), at(6)));
  EXPECT_FALSE(store.claim("r", at(2), at(7)));
  EXPECT_TRUE(store.rules_of(uid_of("web"), at(2))[0].claimed);
  EXPECT_TRUE(store.all(at(2))[0].claimed);
}

TEST(RuleStore, AClaimThatNothingConfirmsReturnsByItself) {
  MemoryRuleStore store(10);
  ASSERT_TRUE(store.put(make_rule("r")).ok());
  ASSERT_TRUE(store.claim("r", at(1), at(6)));
  EXPECT_FALSE(store.rules_of(uid_of("web"), at(6))[0].claimed);
  EXPECT_TRUE(store.claim("r", at(6), at(11)));
}

TEST(RuleStore, AnExpiredRuleIsNeitherShownNorClaimed) {
  MemoryRuleStore store(10);
  ASSERT_TRUE(store.put(make_rule("r")).ok());
  EXPECT_EQ(ids(store.all(at(59))), Ids{"r"});
  EXPECT_TRUE(store.all(at(60)).empty());
  EXPECT_TRUE(store.rules_of(uid_of("web"), at(60)).empty());
  EXPECT_FALSE(store.claim("r", at(60), at(65)));
}

TEST(RuleStore, ExpiredRulesMakeRoomAtTheNextClaim) {
  MemoryRuleStore store(1);
  ASSERT_TRUE(store.put(make_rule("old")).ok());
  EXPECT_FALSE(store.claim("any", at(60), at(65)));
  EXPECT_TRUE(store.put(make_rule("new")).ok());
}

TEST(RuleStore, TwoThreadsNeverClaimOneRuleBoth) {
  constexpr int kRules = 200;
  MemoryRuleStore store(kRules);
  std::atomic<int> claims = 0;
  const auto claim_all = [&] {
    for (int rule = 0; rule < kRules; ++rule) {
      if (store.claim(std::to_string(rule), at(0), at(5))) ++claims;
    }
  };
  for (int rule = 0; rule < kRules; ++rule) {
    ASSERT_TRUE(store.put(make_rule(std::to_string(rule))).ok());
  }
  std::thread other(claim_all);
  claim_all();
  other.join();
  EXPECT_EQ(claims, kRules);
}

TEST(RuleStore, IsReadInOneThreadWhileAnotherWrites) {
  constexpr int kRules = 200;
  MemoryRuleStore store(kRules);
  std::thread writer([&store] {
    for (int rule = 0; rule < kRules; ++rule) {
      EXPECT_TRUE(store.put(make_rule(std::to_string(rule))).ok());
      if (rule % 2 == 0) store.withdraw(std::to_string(rule));
    }
  });
  for (int rule = 0; rule < kRules; ++rule) {
    for (const RuleState& state : store.rules_of(uid_of("web"), at(0))) {
      EXPECT_EQ(state.rule.owner.uid, uid_of("web"));
    }
    store.claim(std::to_string(rule), at(0), at(5));
  }
  writer.join();
  EXPECT_EQ(store.all(at(0)).size(), std::size_t{kRules} / 2);
}

}  // namespace
}  // namespace migadapter::cluster
