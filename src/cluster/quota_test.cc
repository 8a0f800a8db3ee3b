#include "cluster/quota.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::name;

constexpr auto kPriority = QuotaScopeKind::priority_class;

struct Case {
  const char* what;
  std::vector<QuotaScope> scopes;
  QuotaClass pods;
  std::optional<bool> charged;
};

std::vector<Case> cases() {
  const QuotaClass ordinary;
  const QuotaClass high{name("high"), false, false};
  const QuotaClass timed{{}, true, false};
  const QuotaClass idle{{}, false, true};
  const std::vector<base::Name> just_high{name("high")};
  return {
      {"no scope", {}, ordinary, true},
      {"terminating means a deadline", {{QuotaScopeKind::terminating, {}, {}}}, timed, true},
      {"no deadline", {{QuotaScopeKind::terminating, {}, {}}}, ordinary, false},
      {"not terminating", {{QuotaScopeKind::not_terminating, {}, {}}}, ordinary, true},
      {"best effort", {{QuotaScopeKind::best_effort, {}, {}}}, idle, true},
      {"not best effort", {{QuotaScopeKind::not_best_effort, {}, {}}}, idle, false},
      {"any class", {{kPriority, SelectorOperator::exists, {}}}, high, true},
      {"any class, but none", {{kPriority, SelectorOperator::exists, {}}}, ordinary, false},
      {"no class", {{kPriority, SelectorOperator::does_not_exist, {}}}, ordinary, true},
      {"this class", {{kPriority, SelectorOperator::in, just_high}}, high, true},
      {"this class, but none", {{kPriority, SelectorOperator::in, just_high}}, ordinary, false},
      {"not this class", {{kPriority, SelectorOperator::not_in, just_high}}, high, false},
      {"not this class, but none",
       {{kPriority, SelectorOperator::not_in, just_high}},
       ordinary,
       true},
      {"an operator of no selector", {{kPriority, SelectorOperator::less_than, {}}}, high, {}},
      {"a scope that is not modelled", {QuotaScope{}}, ordinary, {}},
      {"both must hold",
       {{kPriority, SelectorOperator::exists, {}}, {QuotaScopeKind::terminating, {}, {}}},
       high,
       false},
      {"one that does not hold decides over one that is not modelled",
       {QuotaScope{}, {QuotaScopeKind::terminating, {}, {}}},
       ordinary,
       false},
  };
}

TEST(Quota, ChargesThePodsOfWhichAllOfItsScopesHold) {
  for (const Case& each : cases()) {
    ResourceQuota quota;
    quota.scopes = each.scopes;
    EXPECT_EQ(charges(quota, each.pods), each.charged) << each.what;
  }
}

}  // namespace
}  // namespace migadapter::cluster
