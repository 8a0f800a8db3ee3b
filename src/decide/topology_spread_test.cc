#include "decide/topology_spread.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"
#include "decide/neighbours.h"

namespace migadapter::decide {
namespace {

using cluster::Constraints;
using cluster::Pod;
using cluster::SpreadConstraint;
using cluster::testing::make_node;
using cluster::testing::make_pod;
using cluster::testing::name;
using cluster::testing::PodBuilder;

SpreadConstraint web_by(std::string_view topology, std::int64_t max_skew = 1) {
  SpreadConstraint spread;
  spread.max_skew = max_skew;
  spread.topology_key = name(topology);
  spread.pods.expressions = {{name("app"), cluster::SelectorOperator::in, {name("web")}}};
  return spread;
}

Constraints spread_by(SpreadConstraint spread) {
  Constraints constraints;
  constraints.spread = {std::move(spread)};
  return constraints;
}

PodBuilder web(std::string_view pod) {
  return make_pod(pod).label("app", "web");
}

/// Zones a and b with a node each, and a node in no zone.
class TopologySpreadTest : public ::testing::Test {
 protected:
  TopologySpreadTest() {
    store_.upsert(make_node("a").label("zone", "a").build());
    store_.upsert(make_node("b").label("zone", "b").build());
    store_.upsert(make_node("bare").build());
  }

  void run(int pods, std::string_view node) {
    for (int pod = 0; pod < pods; ++pod) {
      store_.upsert(web("run-" + std::to_string(number_++)).on(node).build());
    }
  }
  std::string places(const Pod& pod) const {
    const TopologySpread spread(store_.snapshot(), pod);
    std::string places;
    for (const auto& [node, state] : store_.snapshot().nodes()) {
      if (!spread.allows(state.node)) continue;
      places += (places.empty() ? "" : " ") + node.str();
    }
    return places;
  }
  std::string places(SpreadConstraint spread) const {
    return places(web("p").constrained(spread_by(std::move(spread))));
  }

  cluster::Store store_;
  int number_ = 0;
};

TEST_F(TopologySpreadTest, APodWithoutConstraintsMayGoAnywhere) {
  run(5, "a");
  EXPECT_EQ(places(web("p")), "a b bare");
}

TEST_F(TopologySpreadTest, TheSkewCountsThePodItselfAgainstTheEmptiestDomain) {
  EXPECT_EQ(places(web_by("zone")), "a b");
  run(1, "a");
  EXPECT_EQ(places(web_by("zone")), "b");
  EXPECT_EQ(places(web_by("zone", 2)), "a b");
  run(1, "b");
  EXPECT_EQ(places(web_by("zone")), "a b");
}

TEST_F(TopologySpreadTest, APodThatIsNotSelectedItselfMayJoinTheFullest) {
  run(1, "a");
  EXPECT_EQ(places(make_pod("p").constrained(spread_by(web_by("zone")))), "a b");
  run(1, "a");
  EXPECT_EQ(places(make_pod("p").constrained(spread_by(web_by("zone")))), "b");
}

TEST_F(TopologySpreadTest, ANodeWithoutTheKeyTakesNone) {
  EXPECT_EQ(places(web_by("rack")), "");
}

TEST_F(TopologySpreadTest, TooFewDomainsCountAsAnEmptyOne) {
  run(1, "a");
  run(1, "b");
  SpreadConstraint spread = web_by("zone");
  spread.min_domains = 3;
  EXPECT_EQ(places(spread), "");
  spread.min_domains = 2;
  EXPECT_EQ(places(spread), "a b");
}

TEST_F(TopologySpreadTest, NodesThatThePodMayNotRunOnAreNoDomains) {
  run(1, "a");
  Constraints constraints = spread_by(web_by("zone"));
  constraints.node_selector = {{name("zone"), name("a")}};
  EXPECT_EQ(places(web("p").constrained(constraints)), "a b") << "the selector is another filter";
  constraints.spread.front().honours_node_affinity = false;
  EXPECT_EQ(places(web("p").constrained(constraints)), "b");
}

TEST_F(TopologySpreadTest, TaintedNodesAreDomainsUnlessTheConstraintHonoursTaints) {
  store_.upsert(make_node("c").label("zone", "c").taint("dedicated").build());
  run(1, "a");
  run(1, "b");
  SpreadConstraint spread = web_by("zone");
  EXPECT_EQ(places(spread), "c");
  spread.honours_taints = true;
  EXPECT_EQ(places(spread), "a b c");
}

TEST_F(TopologySpreadTest, EveryConstraintMustHoldAndANodeWithoutOneOfTheKeysCountsForNone) {
  run(3, "bare");
  Constraints constraints = spread_by(web_by("zone"));
  constraints.spread.push_back(web_by("kubernetes.io/hostname"));
  EXPECT_EQ(places(web("p").constrained(constraints)), "a b");
}

TEST_F(TopologySpreadTest, TerminatingPodsAndThePredecessorDoNotCount) {
  store_.upsert(web("leaving").on("a").terminating().build());
  EXPECT_EQ(places(web_by("zone")), "a b");
  const Pod running = web("p").on("a").constrained(spread_by(web_by("zone")));
  store_.upsert(running);
  EXPECT_EQ(places(running), "a b");
}

TEST_F(TopologySpreadTest, ANominatedPodFillsItsDomainAndEmptiesNone) {
  store_.upsert(web("coming").nominated_to("a").build());
  EXPECT_EQ(places(web_by("zone")), "b");
  run(1, "b");
  EXPECT_EQ(places(web_by("zone")), "") << "it may not come after all";
}

TEST_F(TopologySpreadTest, OnlyPodsOfTheNamespaceCount) {
  store_.upsert(web("other").in("team").on("a").build());
  EXPECT_EQ(places(web_by("zone")), "a b");
}

TEST_F(TopologySpreadTest, AnEmptySelectorCountsNoPodThatIsThere) {
  run(5, "a");
  SpreadConstraint spread = web_by("zone");
  spread.pods.expressions.clear();
  EXPECT_EQ(places(spread), "a b");
}

TEST_F(TopologySpreadTest, APodThatIsBeingMovedLeavesOpenHowManyThereWillBe) {
  store_.hold({"r", name("a"), {}, cluster::successor_of(web("moving"))});
  const Pod p = web("p").constrained(spread_by(web_by("zone")));
  EXPECT_EQ(Neighbours(store_.snapshot(), p).judge(*store_.snapshot().find_node(name("b"))),
            FitReason::neighbour_moving);
}

}  // namespace
}  // namespace migadapter::decide
