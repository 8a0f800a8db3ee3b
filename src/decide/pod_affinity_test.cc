#include "decide/pod_affinity.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"
#include "decide/neighbours.h"

namespace migadapter::decide {
namespace {

using cluster::Constraints;
using cluster::OwnerKind;
using cluster::Pod;
using cluster::testing::make_node;
using cluster::testing::make_pod;
using cluster::testing::name;
using cluster::testing::owned_by;
using cluster::testing::PodBuilder;
using cluster::testing::term_for;

constexpr std::string_view kHost = "kubernetes.io/hostname";

Constraints drawn_to(std::string_view app, std::string_view topology) {
  Constraints constraints;
  constraints.affinity = {term_for(app, topology)};
  return constraints;
}

Constraints kept_off(std::string_view app, std::string_view topology) {
  Constraints constraints;
  constraints.anti_affinity = {term_for(app, topology)};
  return constraints;
}

PodBuilder pod_of(std::string_view app, std::string_view pod) {
  return make_pod(pod).label("app", app);
}

/// Nodes a1 and a2 in zone a, b1 in zone b, and "bare" in none.
class PodAffinityTest : public ::testing::Test {
 protected:
  PodAffinityTest() {
    store_.upsert(make_node("a1").label("zone", "a").build());
    store_.upsert(make_node("a2").label("zone", "a").build());
    store_.upsert(make_node("b1").label("zone", "b").build());
    store_.upsert(make_node("bare").build());
  }

  void run(const Pod& pod) { store_.upsert(pod); }
  /// Where the pod may go, by its neighbours alone: "a1 b1".
  std::string places(const Pod& pod) const {
    const Neighbours neighbours(store_.snapshot(), pod);
    std::string places;
    for (const auto& [node, state] : store_.snapshot().nodes()) {
      if (neighbours.judge(state) != FitReason::fits) continue;
      places += (places.empty() ? "" : " ") + node.str();
    }
    return places;
  }
  std::string_view verdict(const Pod& pod, std::string_view node) const {
    return to_string(
        Neighbours(store_.snapshot(), pod).judge(*store_.snapshot().find_node(name(node))));
  }

  cluster::Store store_;
};

TEST_F(PodAffinityTest, APodWithoutTermsMayGoAnywhere) {
  run(pod_of("web", "w").on("a1"));
  EXPECT_EQ(places(make_pod("p")), "a1 a2 b1 bare");
}

TEST_F(PodAffinityTest, AffinityDrawsToTheTopologyOfAPodThatMatches) {
  run(pod_of("web", "w").on("a1"));
  EXPECT_EQ(places(make_pod("p").constrained(drawn_to("web", "zone"))), "a1 a2");
  EXPECT_EQ(places(make_pod("p").constrained(drawn_to("web", kHost))), "a1");
  EXPECT_EQ(places(make_pod("p").constrained(drawn_to("db", "zone"))), "");
  EXPECT_EQ(verdict(make_pod("p").constrained(drawn_to("web", "zone")), "b1"),
            "PodAffinityMismatch");
}

TEST_F(PodAffinityTest, OnePodMustMatchAllTermsForAnyOfThemToHold) {
  run(pod_of("web", "w").on("a1"));
  run(pod_of("db", "d").label("tier", "x").on("a1"));
  Constraints both = drawn_to("web", "zone");
  both.affinity.push_back(term_for("db", "zone"));
  EXPECT_EQ(places(make_pod("p").constrained(both)), "");
  both.affinity.back() = both.affinity.front();
  both.affinity.back().topology_key = name(kHost);
  EXPECT_EQ(places(make_pod("p").constrained(both)), "a1");
}

TEST_F(PodAffinityTest, OnlyAPodThatSurelyStaysIsCompany) {
  const Pod p = make_pod("p").constrained(drawn_to("web", "zone"));
  run(pod_of("web", "w").on("a1").terminating());
  EXPECT_EQ(places(p), "");
  run(pod_of("web", "w").nominated_to("a1"));
  EXPECT_EQ(places(p), "");
  run(pod_of("web", "w").on("a1").phase(cluster::PodPhase::succeeded));
  EXPECT_EQ(places(p), "");
  run(pod_of("web", "w").on("lost"));
  EXPECT_EQ(places(p), "");
}

TEST_F(PodAffinityTest, TheFirstOfASeriesThatMatchesItselfMayGoWhereTheTopologyIs) {
  const Pod first = pod_of("web", "p").constrained(drawn_to("web", "zone"));
  EXPECT_EQ(places(first), "a1 a2 b1");
  EXPECT_EQ(places(make_pod("p").constrained(drawn_to("web", "zone"))), "");
  run(pod_of("web", "w").on("a1").terminating());
  EXPECT_EQ(places(first), "") << "the series has another pod, which may be gone soon";
}

TEST_F(PodAffinityTest, ARunningPodAloneInItsSeriesStaysInItsTopology) {
  const PodBuilder alone = pod_of("web", "p").constrained(drawn_to("web", "zone")).on("a1");
  run(alone);
  EXPECT_EQ(places(alone), "a1 a2");
  PodBuilder ordered = alone;
  ordered.owner(owned_by("db", OwnerKind::stateful_set));
  EXPECT_EQ(places(ordered), "a1 a2 b1") << "its successor comes only when it is gone";
}

TEST_F(PodAffinityTest, AntiAffinityKeepsOffTheTopologyOfAnyPodThatMatches) {
  run(pod_of("web", "w").on("a1"));
  EXPECT_EQ(places(make_pod("p").constrained(kept_off("web", "zone"))), "b1 bare");
  EXPECT_EQ(places(make_pod("p").constrained(kept_off("web", kHost))), "a2 b1 bare");
  EXPECT_EQ(places(make_pod("p").constrained(kept_off("db", "zone"))), "a1 a2 b1 bare");
  EXPECT_EQ(verdict(make_pod("p").constrained(kept_off("web", "zone")), "a2"), "PodAntiAffinity");
}

TEST_F(PodAffinityTest, WhoMayBeThereKeepsOffToo) {
  const Pod p = make_pod("p").constrained(kept_off("web", kHost));
  run(pod_of("web", "w1").on("a1").terminating());
  run(pod_of("web", "w2").nominated_to("a2"));
  EXPECT_EQ(places(p), "b1 bare");
}

TEST_F(PodAffinityTest, AntiAffinityOfOthersKeepsThePodOff) {
  run(make_pod("shy").constrained(kept_off("web", "zone")).on("a1"));
  EXPECT_EQ(places(pod_of("web", "p")), "b1 bare");
  EXPECT_EQ(places(pod_of("db", "p")), "a1 a2 b1 bare");
  EXPECT_EQ(places(pod_of("web", "p").in("other")), "a1 a2 b1 bare");
}

TEST_F(PodAffinityTest, TermsReachTheNamespacesThatTheyName) {
  run(pod_of("web", "w").in("team").on("a1"));
  Constraints constraints = kept_off("web", "zone");
  EXPECT_EQ(places(make_pod("p").constrained(constraints)), "a1 a2 b1 bare");
  constraints.anti_affinity.front().namespaces = {name("team"), name("gone")};
  EXPECT_EQ(places(make_pod("p").constrained(constraints)), "b1 bare");
  constraints.anti_affinity.front().namespaces.clear();
  constraints.anti_affinity.front().namespaces_by_label.emplace();
  EXPECT_EQ(places(make_pod("p").constrained(constraints)), "b1 bare");
}

TEST_F(PodAffinityTest, TermsReachTheNamespacesWithTheLabelsThatTheySelect) {
  cluster::Namespace team;
  team.name = name("team");
  team.labels = {{name("color"), name("red")}};
  store_.upsert(team);
  run(pod_of("web", "w").in("team").on("a1"));
  const auto with = [](std::string_view color, Constraints constraints) {
    auto& terms = constraints.affinity.empty() ? constraints.anti_affinity : constraints.affinity;
    terms.front().namespaces.clear();
    terms.front().namespaces_by_label = {
        {{name("color"), cluster::SelectorOperator::in, {name(color)}}}};
    return make_pod("p").constrained(constraints).build();
  };
  EXPECT_EQ(places(with("red", kept_off("web", "zone"))), "b1 bare");
  EXPECT_EQ(places(with("blue", kept_off("web", "zone"))), "a1 a2 b1 bare");
  EXPECT_EQ(places(with("red", drawn_to("web", "zone"))), "a1 a2");
  EXPECT_EQ(places(with("blue", drawn_to("web", "zone"))), "");
  store_.remove_namespace(name("team"));
  EXPECT_EQ(places(with("blue", kept_off("web", "zone"))), "b1 bare") << "it may have any label";
  EXPECT_EQ(places(with("red", drawn_to("web", "zone"))), "") << "it need not have that one";
}

TEST_F(PodAffinityTest, APodThatRunsKeepsItsOwnSuccessorOffUntilItIsGone) {
  const PodBuilder shy = pod_of("web", "p").constrained(kept_off("web", "zone")).on("a1");
  run(shy);
  EXPECT_EQ(places(shy), "b1 bare");
  PodBuilder ordered = shy;
  ordered.owner(owned_by("db", OwnerKind::stateful_set));
  EXPECT_EQ(places(ordered), "a1 a2 b1 bare");
}

TEST_F(PodAffinityTest, APodThatIsBeingMovedLeavesOpenWhereItWillBe) {
  const auto promise_of = [](const Pod& pod) {
    return cluster::Promise{"r", name("b1"), {}, cluster::successor_of(pod)};
  };
  store_.hold(promise_of(pod_of("web", "moving")));
  EXPECT_EQ(places(pod_of("db", "p")), "a1 a2 b1 bare");
  EXPECT_EQ(verdict(make_pod("p").constrained(kept_off("web", "zone")), "a1"), "NeighbourMoving");
  EXPECT_EQ(verdict(make_pod("p").constrained(drawn_to("web", "zone")), "a1"), "NeighbourMoving");
  store_.release("r");
  store_.hold(promise_of(make_pod("moving").constrained(kept_off("web", "zone"))));
  EXPECT_EQ(verdict(pod_of("web", "p"), "a1"), "NeighbourMoving");
  EXPECT_EQ(places(pod_of("web", "p").instead_of("nvidia.com/mig-1g.5gb", "r")), "a1 a2 b1 bare")
      << "its own move";
}

TEST_F(PodAffinityTest, APromiseForAPodThatIsNotKnownMayBeAnything) {
  store_.hold({"r", name("b1"), {}});
  EXPECT_EQ(verdict(make_pod("p"), "a1"), "NeighbourMoving");
}

}  // namespace
}  // namespace migadapter::decide
