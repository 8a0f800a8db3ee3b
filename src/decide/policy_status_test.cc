#include "decide/policy_status.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::decide {
namespace {

using namespace std::chrono_literals;
using cluster::Condition;
using cluster::Policy;
using cluster::PolicyStatus;
using cluster::testing::make_policy;

constexpr base::WallTime kNow{1'700'000'000'400ms};

/// "Ready=True Enforcing, Conflicting=False NoConflict".
std::string summary(const PolicyStatus& status) {
  std::string text;
  for (const Condition& each : status.conditions) {
    text +=
        (text.empty() ? "" : ", ") + each.type + (each.holds ? "=True " : "=False ") + each.reason;
  }
  return text;
}

class PolicyStatusTest : public ::testing::Test {
 protected:
  PolicyStatus status(const Policy& policy, const Observed& observed = {}) {
    store_.upsert(policy);
    return status_of(store_.snapshot(), policy, observed, kNow);
  }

  cluster::Store store_;
};

TEST_F(PolicyStatusTest, SaysWhatThePolicyDoes) {
  Policy policy = make_policy("p");
  EXPECT_EQ(summary(status(policy)), "Ready=True Enforcing, Conflicting=False NoConflict");
  policy.mode = cluster::PolicyMode::observe;
  EXPECT_EQ(summary(status(policy)), "Ready=True Observing, Conflicting=False NoConflict");
  policy.mode = cluster::PolicyMode::off;
  EXPECT_EQ(summary(status(policy)), "Ready=True Off, Conflicting=False NoConflict");
  policy.suspended = true;
  EXPECT_EQ(summary(status(policy)), "Ready=True Suspended, Conflicting=False NoConflict");
}

TEST_F(PolicyStatusTest, AnInvalidPolicySaysWhatIsWrong) {
  Policy policy = make_policy("p");
  policy.problem = "spec.mode: no such mode";
  const PolicyStatus told = status(policy);
  EXPECT_EQ(summary(told), "Ready=False Invalid, Conflicting=False NoConflict");
  EXPECT_TRUE(told.conditions[0].message.ends_with("(spec.mode: no such mode)"));
}

TEST_F(PolicyStatusTest, AConflictNamesTheOtherPolicies) {
  for (int i = 10; i < 22; ++i) store_.upsert(make_policy("other-" + std::to_string(i)));
  const PolicyStatus told = status(make_policy("p"));
  EXPECT_EQ(summary(told), "Ready=True Enforcing, Conflicting=True SamePriority");
  const std::string& message = told.conditions[1].message;
  EXPECT_NE(message.find("other-10, other-11"), std::string::npos);
  EXPECT_TRUE(message.ends_with("other-19, …")) << message;
}

TEST_F(PolicyStatusTest, TellsTheGenerationItSpeaksOf) {
  Policy policy = make_policy("p");
  policy.generation = 7;
  const PolicyStatus told = status(policy);
  EXPECT_EQ(told.observed_generation, 7);
  for (const Condition& each : told.conditions) EXPECT_EQ(each.observed_generation, 7);
}

TEST_F(PolicyStatusTest, TheTimeOfAConditionChangesWithItsStatusAlone) {
  Policy policy = make_policy("p");
  policy.status = status(policy);
  for (Condition& each : policy.status.conditions) {
    EXPECT_EQ(each.last_transition, base::WallTime{1'700'000'000s});
    each.last_transition = base::WallTime{1'000s};
  }
  policy.mode = cluster::PolicyMode::off;
  EXPECT_EQ(status(policy).conditions[0].last_transition, base::WallTime{1'000s});
  policy.problem = "spec: wrong";
  EXPECT_EQ(status(policy).conditions[0].last_transition, base::WallTime{1'700'000'000s});
  EXPECT_EQ(status(policy).conditions[1].last_transition, base::WallTime{1'000s});
}

TEST_F(PolicyStatusTest, CountsWhatWouldBeDoneInModeObserveAlone) {
  Policy policy = make_policy("p");
  EXPECT_FALSE(status(policy, {2, 1}).would_upgrade);
  policy.mode = cluster::PolicyMode::observe;
  EXPECT_EQ(status(policy, {2, 1}).would_upgrade, 2);
  EXPECT_EQ(status(policy, {2, 1}).would_restore, 1);
}

}  // namespace
}  // namespace migadapter::decide
