#include "decide/policy.h"

#include <gtest/gtest.h>

#include <chrono>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::decide {
namespace {

using namespace std::chrono_literals;
using cluster::Policy;
using cluster::RestoreMode;
using cluster::RestorePolicy;
using cluster::testing::make_pod;
using cluster::testing::make_policy;
using cluster::testing::name;
using cluster::testing::with_label;

constexpr RestorePolicy kFlags{RestoreMode::never, 5min, 0s};

/// Namespace "default" has the label team=a.
class PolicyTest : public ::testing::Test {
 protected:
  PolicyTest() {
    cluster::Namespace name_space;
    name_space.name = name("default");
    name_space.labels = {{name("team"), name("a")}};
    store_.upsert(name_space);
  }
  PodPolicy policy_of(const cluster::Pod& pod) {
    return policy_for(store_.snapshot(), pod, kFlags);
  }
  std::string applying_to(const cluster::Pod& pod) { return policy_of(pod).policy.str(); }
  std::vector<base::Name> conflicts(std::string_view policy_name) {
    for (const Policy& policy : store_.snapshot().policies()) {
      if (policy.name == policy_name) return conflicts_of(store_.snapshot(), policy);
    }
    ADD_FAILURE() << "no such policy";
    return {};
  }

  cluster::Store store_;
};

TEST_F(PolicyTest, WithoutOneTheFlagsHold) {
  const PodPolicy policy = policy_of(make_pod("web-1"));
  EXPECT_TRUE(policy.policy.empty());
  EXPECT_EQ(policy.state, PolicyState::enforcing);
  EXPECT_EQ(policy.restore, kFlags);
  EXPECT_EQ(policy.upgrade, cluster::UpgradePolicy{});
}

TEST_F(PolicyTest, SelectsByTheLabelsOfNamespaceAndPod) {
  Policy policy = make_policy("p");
  policy.namespaces = with_label("team", "a");
  policy.pods = with_label("app", "web");
  store_.upsert(policy);
  EXPECT_EQ(applying_to(make_pod("web-1").label("app", "web")), "p");
  EXPECT_EQ(applying_to(make_pod("web-1").label("app", "db")), "");
  EXPECT_EQ(applying_to(make_pod("web-1")), "");
  EXPECT_EQ(applying_to(make_pod("web-1").in("unknown").label("app", "web")), "");
}

TEST_F(PolicyTest, TheHighestPriorityAppliesThenTheFirstName) {
  store_.upsert(make_policy("b", 1));
  store_.upsert(make_policy("c", 1));
  store_.upsert(make_policy("a", 0));
  EXPECT_EQ(applying_to(make_pod("web-1")), "b");
  store_.upsert(make_policy("a", 2));
  EXPECT_EQ(applying_to(make_pod("web-1")), "a");
  store_.remove_policy(make_policy("a").uid);
  EXPECT_EQ(applying_to(make_pod("web-1")), "b");
}

TEST_F(PolicyTest, ASuspendedPolicyGoesBeforeEveryPriority) {
  store_.upsert(make_policy("important", 100));
  Policy stop = make_policy("stop", -100);
  stop.suspended = true;
  stop.pods = with_label("app", "web");
  store_.upsert(stop);
  const PodPolicy policy = policy_of(make_pod("web-1").label("app", "web"));
  EXPECT_EQ(policy.policy, "stop");
  EXPECT_TRUE(policy.forbids_moves());
  EXPECT_EQ(applying_to(make_pod("db-1")), "important");
}

TEST_F(PolicyTest, OneThatCannotBeReadKeepsItsPodsAsTheyAre) {
  Policy broken = make_policy("broken");
  broken.problem = "spec.mode: no such mode";
  store_.upsert(broken);
  EXPECT_EQ(policy_of(make_pod("web-1")).state, PolicyState::invalid);
  EXPECT_TRUE(policy_of(make_pod("web-1")).forbids_moves());
}

TEST_F(PolicyTest, WhatItLeavesOutIsAsTheFlagsSay) {
  Policy policy = make_policy("p");
  policy.minimum_run_time = 1h;
  policy.hysteresis = 30s;
  store_.upsert(policy);
  EXPECT_EQ(policy_of(make_pod("web-1")).restore, (RestorePolicy{RestoreMode::never, 1h, 30s}));
  policy.restore_mode = RestoreMode::eager;
  policy.minimum_run_time.reset();
  store_.upsert(policy);
  EXPECT_EQ(policy_of(make_pod("web-1")).restore, (RestorePolicy{RestoreMode::eager, 5min, 30s}));
}

TEST_F(PolicyTest, OffForbidsMovesAndObserveDoesNot) {
  Policy policy = make_policy("p");
  policy.mode = cluster::PolicyMode::observe;
  store_.upsert(policy);
  EXPECT_EQ(policy_of(make_pod("web-1")).state, PolicyState::observing);
  EXPECT_FALSE(policy_of(make_pod("web-1")).forbids_moves());
  policy.mode = cluster::PolicyMode::off;
  store_.upsert(policy);
  EXPECT_TRUE(policy_of(make_pod("web-1")).forbids_moves());
}

TEST(Allows, KeepsToTheLargestProfileAndToThoseNamed) {
  struct Row {
    cluster::UpgradePolicy policy;
    std::string_view resource;
    bool allowed;
  };
  const mig::Profile largest{3, 20, mig::ProfileVariant::plain};
  const mig::Profile named{2, 10, mig::ProfileVariant::plain};
  const Row rows[] = {
      {{}, "nvidia.com/mig-7g.40gb", true},
      {{0s, largest, {}}, "nvidia.com/mig-3g.20gb", true},
      {{0s, largest, {}}, "nvidia.com/mig-1g.5gb.me", true},
      {{0s, largest, {}}, "nvidia.com/mig-4g.20gb", false},
      {{0s, largest, {}}, "nvidia.com/mig-3g.40gb", false},
      {{0s, std::nullopt, {named}}, "nvidia.com/mig-2g.10gb", true},
      {{0s, std::nullopt, {named}}, "nvidia.com/mig-2g.10gb.me", false},
      {{0s, std::nullopt, {named}}, "nvidia.com/mig-3g.20gb", false},
      {{0s, mig::Profile{1, 10, mig::ProfileVariant::plain}, {named}},
       "nvidia.com/mig-2g.10gb",
       false},
      {{0s, largest, {}}, "nvidia.com/gpu", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(allows(row.policy, name(row.resource)), row.allowed) << row.resource;
  }
}

TEST_F(PolicyTest, ConflictsWithThoseOfItsPriorityThatCanSelectTheSamePods) {
  Policy team_a = make_policy("team-a");
  team_a.namespaces = with_label("team", "a");
  store_.upsert(team_a);
  Policy team_b = make_policy("team-b");
  team_b.namespaces = with_label("team", "b");
  store_.upsert(team_b);
  store_.upsert(make_policy("other-priority", 1));
  EXPECT_TRUE(conflicts("team-a").empty());
  store_.upsert(make_policy("all"));
  EXPECT_EQ(conflicts("team-a"), std::vector{name("all")});
  EXPECT_EQ(conflicts("all"), (std::vector{name("team-a"), name("team-b")}));
}

TEST_F(PolicyTest, SelectorsExcludeEachOtherOnlyWhereThatIsPlain) {
  using Operator = cluster::SelectorOperator;
  struct Row {
    cluster::SelectorExpression other;
    bool conflicts;
  };
  const Row rows[] = {
      {{name("app"), Operator::in, {name("b"), name("c")}}, false},
      {{name("app"), Operator::in, {name("a"), name("b")}}, true},
      {{name("app"), Operator::not_in, {name("a"), name("b")}}, false},
      {{name("app"), Operator::not_in, {name("b")}}, true},
      {{name("app"), Operator::does_not_exist, {}}, false},
      {{name("app"), Operator::exists, {}}, true},
      {{name("stage"), Operator::in, {name("b")}}, true},
  };
  Policy policy = make_policy("p");
  policy.pods = with_label("app", "a");
  store_.upsert(policy);
  for (const Row& row : rows) {
    Policy other = make_policy("other");
    other.pods.expressions = {row.other};
    store_.upsert(other);
    EXPECT_EQ(!conflicts("p").empty(), row.conflicts) << row.other.key.view();
    EXPECT_EQ(!conflicts("other").empty(), row.conflicts) << row.other.key.view();
  }
}

TEST_F(PolicyTest, ASuspendedPolicyConflictsWithNone) {
  store_.upsert(make_policy("p"));
  Policy stop = make_policy("stop");
  stop.suspended = true;
  store_.upsert(stop);
  EXPECT_TRUE(conflicts("p").empty());
  EXPECT_TRUE(conflicts("stop").empty());
}

}  // namespace
}  // namespace migadapter::decide
