#include "decide/fit.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::decide {
namespace {

using cluster::Constraints;
using cluster::Node;
using cluster::NodeSelectorTerm;
using cluster::NodeState;
using cluster::Pod;
using cluster::SelectorExpression;
using cluster::SelectorOperator;
using cluster::TaintEffect;
using cluster::Toleration;
using cluster::testing::make_node;
using cluster::testing::make_pod;
using cluster::testing::name;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";

NodeState state_of(const Node& node) {
  NodeState state;
  state.node = node;
  return state;
}

std::string_view fit_of(const Pod& pod, const Node& node) {
  return to_string(fits(pod, pod.requests, state_of(node)));
}

Constraints with_affinity(std::vector<NodeSelectorTerm> terms) {
  Constraints constraints;
  constraints.has_node_affinity = true;
  constraints.node_affinity = std::move(terms);
  return constraints;
}

SelectorExpression expression(std::string_view key, SelectorOperator op,
                              std::vector<std::string_view> values = {}) {
  SelectorExpression made{name(key), op, {}};
  for (const std::string_view value : values) made.values.push_back(name(value));
  return made;
}

TEST(Fit, APodFitsAnIdleNode) {
  EXPECT_EQ(fit_of(make_pod("p").asks(kSmall), make_node("n").offers(kSmall, 1)), "Fits");
}

TEST(Fit, ACordonedNodeFitsOnlyWhatToleratesTheCordon) {
  EXPECT_EQ(fit_of(make_pod("p"), make_node("n").cordoned()), "NodeCordoned");
  Constraints constraints;
  constraints.tolerations = {
      {.key = name("node.kubernetes.io/unschedulable"), .value = {}, .exists = true}};
  EXPECT_EQ(fit_of(make_pod("p").constrained(constraints), make_node("n").cordoned()), "Fits");
}

TEST(Fit, ANodeThatIsBeingRepartitionedFitsNothing) {
  const Node node = make_node("n").label("nvidia.com/mig.config.state", "pending");
  EXPECT_EQ(fit_of(make_pod("p"), node), "NodeRepartitioning");
}

TEST(Fit, ATaintMustBeToleratedByKeyValueAndEffect) {
  const Node node = make_node("n").taint("gpu", "yes");
  struct Case {
    const char* what;
    Toleration toleration;
    bool tolerated;
  };
  const Case cases[] = {
      {"equal", {name("gpu"), name("yes")}, true},
      {"another value", {name("gpu"), name("no")}, false},
      {"another key", {name("cpu"), name("yes")}, false},
      {"exists", {name("gpu"), {}, true}, true},
      {"everything", {{}, {}, true}, true},
      {"no key and not exists", {{}, name("yes")}, false},
      {"the effect", {name("gpu"), name("yes"), false, false, TaintEffect::no_schedule}, true},
      {"another effect", {name("gpu"), {}, true, false, TaintEffect::no_execute}, false},
  };
  for (const Case& each : cases) {
    Constraints constraints;
    constraints.tolerations = {each.toleration};
    EXPECT_EQ(fit_of(make_pod("p").constrained(constraints), node),
              each.tolerated ? "Fits" : "UntoleratedTaint")
        << each.what;
  }
}

TEST(Fit, NoExecuteRepelsAndPreferNoScheduleDoesNot) {
  EXPECT_EQ(fit_of(make_pod("p"), make_node("n").taint("t", "", TaintEffect::no_execute)),
            "UntoleratedTaint");
  EXPECT_EQ(fit_of(make_pod("p"), make_node("n").taint("t", "", TaintEffect::prefer_no_schedule)),
            "Fits");
}

TEST(Fit, EveryLabelOfTheNodeSelectorMustMatch) {
  Constraints constraints;
  constraints.node_selector = {{name("pool"), name("a")}, {name("zone"), name("1")}};
  const Pod pod = make_pod("p").constrained(constraints);
  EXPECT_EQ(fit_of(pod, make_node("n").label("pool", "a").label("zone", "1")), "Fits");
  EXPECT_EQ(fit_of(pod, make_node("n").label("pool", "a")), "SelectorMismatch");
  EXPECT_EQ(fit_of(pod, make_node("n").label("pool", "b").label("zone", "1")), "SelectorMismatch");
}

TEST(Fit, EveryOperatorOfNodeAffinityMeansWhatTheSchedulerMeans) {
  using Op = SelectorOperator;
  const Node node = make_node("n").label("pool", "a").label("size", "10").label("junk", "x1");
  struct Case {
    SelectorExpression expression;
    bool holds;
  };
  const Case cases[] = {
      {expression("pool", Op::in, {"b", "a"}), true},
      {expression("pool", Op::in, {"b"}), false},
      {expression("none", Op::in, {"a"}), false},
      {expression("pool", Op::not_in, {"b"}), true},
      {expression("pool", Op::not_in, {"a"}), false},
      {expression("none", Op::not_in, {"a"}), true},
      {expression("pool", Op::exists), true},
      {expression("none", Op::exists), false},
      {expression("pool", Op::does_not_exist), false},
      {expression("none", Op::does_not_exist), true},
      {expression("size", Op::greater_than, {"9"}), true},
      {expression("size", Op::greater_than, {"+9"}), true},
      {expression("size", Op::greater_than, {"10"}), false},
      {expression("size", Op::less_than, {"11"}), true},
      {expression("size", Op::less_than, {"-11"}), false},
      {expression("size", Op::less_than, {"10"}), false},
      {expression("size", Op::less_than, {"11", "12"}), false},
      {expression("size", Op::less_than, {"+-11"}), false},
      {expression("junk", Op::greater_than, {"0"}), false},
      {expression("none", Op::greater_than, {"0"}), false},
  };
  int number = 0;
  for (const Case& each : cases) {
    const Pod pod = make_pod("p").constrained(with_affinity({{{each.expression}, {}}}));
    EXPECT_EQ(fit_of(pod, node), each.holds ? "Fits" : "AffinityMismatch") << "case " << number;
    ++number;
  }
}

TEST(Fit, AffinityTermsAreAlternativesAndTheirExpressionsAreNot) {
  const SelectorExpression yes = expression("pool", SelectorOperator::exists);
  const SelectorExpression no = expression("none", SelectorOperator::exists);
  const Node node = make_node("n").label("pool", "a");
  const auto fit = [&](std::vector<NodeSelectorTerm> terms) {
    return fit_of(make_pod("p").constrained(with_affinity(std::move(terms))), node);
  };
  EXPECT_EQ(fit({{{no}, {}}, {{yes}, {}}}), "Fits");
  EXPECT_EQ(fit({{{yes, no}, {}}}), "AffinityMismatch");
  EXPECT_EQ(fit({{{}, {}}}), "AffinityMismatch") << "an empty term matches nothing";
  EXPECT_EQ(fit({}), "AffinityMismatch") << "no term matches nothing";
}

TEST(Fit, ATermMayNameTheNode) {
  using Op = SelectorOperator;
  const auto fit = [](SelectorExpression field) {
    return fit_of(make_pod("p").constrained(with_affinity({{{}, {std::move(field)}}})),
                  make_node("n"));
  };
  EXPECT_EQ(fit(expression("metadata.name", Op::in, {"n"})), "Fits");
  EXPECT_EQ(fit(expression("metadata.name", Op::in, {"m"})), "AffinityMismatch");
  EXPECT_EQ(fit(expression("metadata.name", Op::not_in, {"m"})), "Fits");
  EXPECT_EQ(fit(expression("metadata.name", Op::not_in, {"n"})), "AffinityMismatch");
  EXPECT_EQ(fit(expression("metadata.name", Op::in, {"n", "m"})), "AffinityMismatch");
  EXPECT_EQ(fit(expression("metadata.uid", Op::in, {"n"})), "AffinityMismatch");
  EXPECT_EQ(fit(expression("metadata.name", Op::exists, {"n"})), "AffinityMismatch");
}

TEST(Fit, EveryResourceMustBeLeftAndZeroNeedsNothing) {
  NodeState state = state_of(make_node("n").offers(kSmall, 2).offers("cpu", 1000));
  state.used = {{name(kSmall), 1}, {name("cpu"), 600}};
  const auto room = [&state](cluster::ResourceList requests) {
    return to_string(has_room(requests, state));
  };
  EXPECT_EQ(room({{name(kSmall), 1}, {name("cpu"), 400}}), "Fits");
  EXPECT_EQ(room({{name(kSmall), 2}}), "InsufficientResource");
  EXPECT_EQ(room({{name("cpu"), 401}}), "InsufficientResource");
  EXPECT_EQ(room({{name("example.com/unknown"), 1}}), "InsufficientResource");
  state.used.set(name("cpu"), 1200);
  EXPECT_EQ(room({{name(kSmall), 1}}), "Fits") << "what it does not ask for does not matter";
}

TEST(Fit, ANodeTakesNoMorePodsThanItMay) {
  NodeState state = state_of(make_node("n").offers("pods", 3));
  state.pods = 2;
  EXPECT_EQ(to_string(has_room({}, state)), "Fits");
  state.pods = 3;
  EXPECT_EQ(to_string(has_room({}, state)), "TooManyPods");
}

TEST(Fit, APodFitsSomewhereWhenOneNodeOfTheClusterTakesIt) {
  cluster::Store store;
  EXPECT_FALSE(fits_somewhere(store.snapshot(), make_pod("p")));
  store.upsert(make_node("cordoned").offers(kSmall, 1).cordoned().build());
  EXPECT_FALSE(fits_somewhere(store.snapshot(), make_pod("p").asks(kSmall)));
  store.upsert(make_node("full").offers(kSmall, 1).build());
  store.upsert(make_pod("q").asks(kSmall).on("full").build());
  EXPECT_FALSE(fits_somewhere(store.snapshot(), make_pod("p").asks(kSmall)));
  EXPECT_TRUE(fits_somewhere(store.snapshot(), make_pod("p")));
  store.upsert(make_node("free").offers(kSmall, 1).build());
  EXPECT_TRUE(fits_somewhere(store.snapshot(), make_pod("p").asks(kSmall)));
}

TEST(Fit, WhatIsNotModelledIsNamedByItsField) {
  cluster::Store store;
  EXPECT_EQ(unmodelled_feature(store.snapshot(), make_pod("p")), "");
  Constraints constraints;
  constraints.unmodelled = {cluster::Unmodelled::volumes, cluster::Unmodelled::resource_claims};
  EXPECT_EQ(unmodelled_feature(store.snapshot(), make_pod("p").constrained(constraints)),
            "spec.volumes");
}

TEST(Fit, APodOfAnotherSchedulerIsModelledOnlyWhenThatOneIsSaidToBeAlike) {
  cluster::SchedulerFacts facts;
  facts.alike_schedulers = {name("twin")};
  const cluster::Store store(facts);
  Constraints constraints;
  constraints.scheduler = name("stranger");
  EXPECT_EQ(unmodelled_feature(store.snapshot(), make_pod("p").constrained(constraints)),
            "spec.schedulerName: stranger");
  constraints.scheduler = name("twin");
  EXPECT_EQ(unmodelled_feature(store.snapshot(), make_pod("p").constrained(constraints)), "");
}

TEST(Fit, EveryReasonHasAWordAndASentence) {
  for (int each = 0; each < kFitReasonCount; ++each) {
    const auto reason = static_cast<FitReason>(each);
    EXPECT_TRUE(std::isupper(to_string(reason).front()));
    EXPECT_TRUE(explain(reason).ends_with('.'));
  }
}

}  // namespace
}  // namespace migadapter::decide
