#include "cluster/store.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::make_node;
using testing::make_pod;
using testing::name;
using testing::uid_of;
constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kLarge = "nvidia.com/mig-2g.10gb";

using Uids = std::set<base::Name>;
using FreeNodes = std::set<FreeNode>;

/// A store with node "a", which offers two small instances and a large one.
class StoreTest : public ::testing::Test {
 protected:
  StoreTest() { store_.upsert(make_node("a").offers(kSmall, 2).offers(kLarge, 1).build()); }

  std::int64_t free(std::string_view resource, std::string_view node = "a") const {
    return snapshot_.find_node(name(node))->free(resource);
  }
  std::int64_t pods(std::string_view node = "a") const {
    return snapshot_.find_node(name(node))->pods;
  }
  std::int64_t unbound(std::string_view resource) const {
    return snapshot_.unbound_demand(name(resource));
  }
  /// Holds one large instance on node "a" for the pod of rule "r".
  void hold_large() {
    store_.hold({"r", name("a"), ResourceList{{name(kLarge), 1}, {name("cpu"), 500}}});
  }

  Store store_;
  const Snapshot& snapshot_ = store_.snapshot();
};

TEST_F(StoreTest, FindsWhatItWasGiven) {
  store_.upsert(make_pod("p").asks(kSmall).build());
  store_.upsert(testing::make_owner("web"));
  EXPECT_EQ(snapshot_.find_pod(uid_of("p"))->name, "p");
  EXPECT_EQ(snapshot_.find_owner(uid_of("web"))->name, "web");
  EXPECT_EQ(snapshot_.find_node(name("a"))->model->name, "A100-40GB");
  EXPECT_EQ(snapshot_.find_node(name("a"))->devices,
            node_devices(snapshot_.find_node(name("a"))->node));
}

TEST_F(StoreTest, OfAPodWithoutInstancesOnlyItsRoomIsKept) {
  store_.upsert(make_pod("p").uses("cpu", 500).on("a").build());
  EXPECT_EQ(snapshot_.find_pod(uid_of("p")), nullptr);
  EXPECT_EQ(snapshot_.find_node(name("a"))->used.of("cpu"), 500);
  store_.upsert(make_pod("p").uses("cpu", 700).on("a").build());
  EXPECT_EQ(snapshot_.find_node(name("a"))->used.of("cpu"), 700);
  store_.remove_pod(uid_of("p"));
  EXPECT_TRUE(snapshot_.find_node(name("a"))->used.empty());
  EXPECT_EQ(pods(), 0);
}

TEST_F(StoreTest, FindsNothingElse) {
  store_.upsert(testing::make_owner("web"));
  store_.remove_owner(uid_of("web"));
  EXPECT_EQ(snapshot_.find_owner(uid_of("web")), nullptr);
  EXPECT_EQ(snapshot_.find_pod(uid_of("p")), nullptr);
  EXPECT_EQ(snapshot_.find_node(name("b")), nullptr);
  EXPECT_TRUE(snapshot_.nodes_with_free(name("cpu")).empty());
  EXPECT_TRUE(snapshot_.native_demand(name(kSmall)).empty());
}

TEST_F(StoreTest, ABoundPodTakesItsRequestsFromItsNode) {
  store_.upsert(make_pod("p").asks(kSmall).uses("cpu", 4000).on("a").build());
  EXPECT_EQ(free(kSmall), 1);
  EXPECT_EQ(free("cpu"), 60'000);
  EXPECT_EQ(pods(), 1);
}

TEST_F(StoreTest, ATerminatingPodCountsUntilItIsGone) {
  store_.upsert(make_pod("p").asks(kSmall).on("a").terminating().build());
  EXPECT_EQ(free(kSmall), 1);
  store_.remove_pod(uid_of("p"));
  EXPECT_EQ(free(kSmall), 2);
  EXPECT_EQ(pods(), 0);
}

TEST_F(StoreTest, AFinishedPodTakesNothing) {
  store_.upsert(make_pod("p").asks(kSmall).on("a").build());
  store_.upsert(make_pod("p").asks(kSmall).on("a").phase(PodPhase::failed).build());
  EXPECT_EQ(free(kSmall), 2);
  EXPECT_EQ(pods(), 0);
}

TEST_F(StoreTest, ANominatedPodCountsOnItsNodeAndMovesWhereItIsBound) {
  store_.upsert(make_node("b").offers(kSmall, 1).build());
  store_.upsert(make_pod("p").asks(kSmall).waiting().nominated_to("a").build());
  EXPECT_EQ(free(kSmall), 1);
  EXPECT_EQ(unbound(kSmall), 0);
  store_.upsert(make_pod("p").asks(kSmall).nominated_to("a").on("b").build());
  EXPECT_EQ(free(kSmall), 2);
  EXPECT_EQ(free(kSmall, "b"), 0);
}

TEST_F(StoreTest, APodThatArrivesAgainReplacesTheFormerOne) {
  store_.upsert(make_pod("p").asks(kSmall).on("a").build());
  store_.upsert(make_pod("p").asks(kSmall).on("a").build());
  EXPECT_EQ(free(kSmall), 1);
  EXPECT_EQ(snapshot_.pods().size(), 1u);
}

TEST_F(StoreTest, APodBeforeItsNodeCountsAsSoonAsTheNodeAppears) {
  store_.upsert(make_pod("p").asks(kSmall).on("b").build());
  store_.upsert(make_node("b").offers(kSmall, 3).build());
  EXPECT_EQ(free(kSmall, "b"), 2);
  EXPECT_EQ(pods("b"), 1);
}

TEST_F(StoreTest, ANodeThatComesBackFindsItsPods) {
  store_.upsert(make_pod("p").asks(kSmall).on("a").build());
  store_.remove_node(name("a"));
  EXPECT_EQ(snapshot_.find_node(name("a")), nullptr);
  EXPECT_TRUE(snapshot_.nodes_offering(name(kSmall)).empty());
  store_.upsert(make_pod("q").asks(kSmall).on("a").build());
  store_.upsert(make_node("a").offers(kSmall, 2).build());
  EXPECT_EQ(free(kSmall), 0);
  EXPECT_EQ(pods(), 2);
}

TEST_F(StoreTest, ANodeMayShrinkUnderItsPods) {
  store_.upsert(make_pod("p").asks(kSmall, 2).on("a").build());
  store_.upsert(make_node("a").build());
  EXPECT_EQ(free(kSmall), -2);
  EXPECT_TRUE(snapshot_.nodes_offering(name(kSmall)).empty());
  EXPECT_TRUE(snapshot_.nodes_with_free(name(kSmall)).empty());
}

TEST_F(StoreTest, NodesWithFreeInstancesComeMostFreeFirst) {
  store_.upsert(make_node("c").offers(kSmall, 5).build());
  store_.upsert(make_node("b").offers(kSmall, 2).build());
  EXPECT_EQ(snapshot_.nodes_with_free(name(kSmall)),
            (FreeNodes{{5, name("c")}, {2, name("a")}, {2, name("b")}}));
  store_.upsert(make_pod("p").asks(kSmall, 2).on("a").build());
  EXPECT_EQ(snapshot_.nodes_with_free(name(kSmall)), (FreeNodes{{5, name("c")}, {2, name("b")}}));
  EXPECT_EQ(snapshot_.nodes_offering(name(kSmall)), (Uids{name("a"), name("b"), name("c")}));
}

TEST_F(StoreTest, KnowsWhichResourcesHaveAFreeInstanceAnywhere) {
  EXPECT_EQ(snapshot_.resources_with_free(), (std::vector{name(kSmall), name(kLarge)}));
  store_.upsert(make_pod("p").asks(kLarge).on("a").build());
  EXPECT_EQ(snapshot_.resources_with_free(), std::vector{name(kSmall)});
}

TEST_F(StoreTest, WaitingPodsAreThoseThatTheSchedulerTriedAndThatAskForMig) {
  store_.upsert(make_pod("tried").asks(kSmall).waiting().build());
  store_.upsert(make_pod("new").asks(kSmall).build());
  store_.upsert(make_pod("ordinary").uses("cpu", 1).waiting().build());
  EXPECT_EQ(snapshot_.waiting(), Uids{uid_of("tried")});
  store_.upsert(make_pod("tried").asks(kSmall).on("a").build());
  EXPECT_TRUE(snapshot_.waiting().empty());
}

TEST_F(StoreTest, UpgradedPodsAreThoseThatRun) {
  store_.upsert(make_pod("running").asks(kLarge).instead_of(kSmall).on("a").build());
  store_.upsert(make_pod("marked").asks(kSmall).instead_of(kSmall).on("a").build());
  store_.upsert(make_pod("unbound").asks(kLarge).instead_of(kSmall).build());
  EXPECT_EQ(snapshot_.upgraded(), Uids{uid_of("running")});
}

TEST_F(StoreTest, NativeDemandIsOfPodsThatWereNotUpgradedHighestPriorityFirst) {
  store_.upsert(make_pod("low").asks(kLarge).build());
  store_.upsert(make_pod("high").asks(kLarge).priority(7).build());
  store_.upsert(make_pod("upgraded").asks(kLarge).instead_of(kSmall).build());
  store_.upsert(make_pod("gated").asks(kLarge).gated().build());
  EXPECT_EQ(snapshot_.native_demand(name(kLarge)),
            (NativeDemand{{7, uid_of("high")}, {0, uid_of("low")}}));
}

TEST_F(StoreTest, UnboundDemandIsOfInstances) {
  store_.upsert(make_pod("one").asks(kLarge).build());
  store_.upsert(make_pod("two").asks(kLarge, 2).instead_of(kSmall).build());
  store_.upsert(make_pod("bound").asks(kLarge).on("a").build());
  EXPECT_EQ(unbound(kLarge), 3);
}

TEST_F(StoreTest, APromiseHoldsRoomUntilItIsReleased) {
  hold_large();
  EXPECT_EQ(free(kLarge), 0);
  EXPECT_EQ(free("cpu"), 63'500);
  EXPECT_EQ(pods(), 1);
  EXPECT_TRUE(snapshot_.promises().contains("r"));
  store_.release("r");
  store_.release("r");
  EXPECT_EQ(free(kLarge), 1);
  EXPECT_EQ(pods(), 0);
}

TEST_F(StoreTest, APodThatWaitsWithItsPromiseIsInNobodysDemand) {
  hold_large();
  store_.upsert(make_pod("p").asks(kLarge).instead_of(kSmall, "r").waiting().build());
  EXPECT_EQ(free(kLarge), 0);
  EXPECT_EQ(unbound(kLarge), 0);
  store_.release("r");
  EXPECT_EQ(free(kLarge), 1);
  EXPECT_EQ(unbound(kLarge), 1);
}

TEST_F(StoreTest, ARestoredPodThatWaitsWithItsPromiseIsNoNativeDemand) {
  store_.hold({"r", name("a"), ResourceList{{name(kSmall), 1}}});
  store_.upsert(make_pod("p").asks(kSmall).instead_of(kSmall, "r").build());
  EXPECT_TRUE(snapshot_.native_demand(name(kSmall)).empty());
  store_.release("r");
  EXPECT_EQ(snapshot_.native_demand(name(kSmall)), (NativeDemand{{0, uid_of("p")}}));
}

TEST_F(StoreTest, APromiseStandsAsideForItsPodWhereverThatIsBound) {
  store_.upsert(make_node("b").offers(kLarge, 1).build());
  hold_large();
  store_.upsert(make_pod("p").asks(kLarge).instead_of(kSmall, "r").on("b").build());
  EXPECT_EQ(free(kLarge, "a"), 1);
  EXPECT_EQ(free(kLarge, "b"), 0);
  store_.release("r");
  EXPECT_EQ(free(kLarge, "a"), 1);
  EXPECT_EQ(free(kLarge, "b"), 0);
}

TEST_F(StoreTest, APromiseAndItsNominatedPodAreNotCountedTwice) {
  hold_large();
  store_.upsert(
      make_pod("p").asks(kLarge).instead_of(kSmall, "r").waiting().nominated_to("a").build());
  EXPECT_EQ(free(kLarge), 0);
  EXPECT_EQ(pods(), 1);
}

TEST_F(StoreTest, APromiseHoldsRoomAgainWhenItsPodGoesBeforeTheRelease) {
  hold_large();
  store_.upsert(make_pod("p").asks(kLarge).instead_of(kSmall, "r").on("a").build());
  store_.remove_pod(uid_of("p"));
  EXPECT_EQ(free(kLarge), 0);
  EXPECT_EQ(pods(), 1);
}

TEST_F(StoreTest, AFurtherPodOfARuleIsDemandOnceTheFirstHasTakenThePromise) {
  hold_large();
  store_.upsert(make_pod("second").asks(kLarge).instead_of(kSmall, "r").build());
  store_.upsert(make_pod("first").asks(kLarge).instead_of(kSmall, "r").on("a").build());
  EXPECT_EQ(unbound(kLarge), 1);
}

TEST_F(StoreTest, APromiseOnANodeThatIsNotThereWaitsForIt) {
  store_.remove_node(name("a"));
  hold_large();
  store_.upsert(make_node("a").offers(kLarge, 1).build());
  EXPECT_EQ(free(kLarge), 0);
}

TEST_F(StoreTest, LimitsAreThoseOfTheirNamespaceUntilTheyAreRemoved) {
  store_.upsert(testing::make_quota("q", {{name(kSmall), 4, 1}}));
  store_.upsert(LimitRange{name("default"), "range", name("l"), {}});
  EXPECT_EQ(snapshot_.limits_in(name("default")).quotas.size(), 1U);
  EXPECT_EQ(snapshot_.limits_in(name("default")).ranges.size(), 1U);
  EXPECT_TRUE(snapshot_.limits_in(name("train")).quotas.empty());
  store_.upsert(testing::make_quota("q", {{name(kSmall), 4, 2}}));
  EXPECT_EQ(snapshot_.limits_in(name("default")).quotas.at(name("q")).amounts.front().used, 2);
  store_.remove_limit(name("l"));
  store_.remove_limit(name("l"));
  store_.remove_limit(name("q"));
  EXPECT_TRUE(snapshot_.limits_in(name("default")).quotas.empty());
}

TEST_F(StoreTest, PodsAreChargedToTheirNamespaceByWhatQuotasTellApart) {
  const QuotaClass high{name("high"), false, false};
  store_.upsert(make_pod("a").asks(kSmall).uses("cpu", 500).build());
  store_.upsert(make_pod("b").asks(kSmall).terminating().build());
  store_.upsert(make_pod("c").asks(kLarge).charged_as(high).build());
  store_.upsert(make_pod("d").asks(kLarge).phase(PodPhase::failed).build());
  const NamespaceCharge charged = snapshot_.charged_in(name("default"));
  EXPECT_EQ(charged.at({}),
            (ResourceList{{name(kSmall), 2}, {name("cpu"), 500}, {name("pods"), 2}}));
  EXPECT_EQ(charged.at(high), (ResourceList{{name(kLarge), 1}, {name("pods"), 1}}));
  for (const char* pod : {"a", "b", "c", "d"}) store_.remove_pod(testing::uid_of(pod));
  EXPECT_TRUE(snapshot_.charged_in(name("default")).empty());
}

TEST_F(StoreTest, ANamespaceIsFoundAsItWasLastSeen) {
  EXPECT_EQ(snapshot_.find_namespace(name("team")), nullptr);
  Namespace team = testing::make_namespace("team");
  store_.upsert(team);
  team.opt_outs.upgrade = name("disabled");
  store_.upsert(team);
  ASSERT_NE(snapshot_.find_namespace(name("team")), nullptr);
  EXPECT_EQ(snapshot_.find_namespace(name("team"))->opt_outs.upgrade, "disabled");
  store_.remove_namespace(name("team"));
  EXPECT_EQ(snapshot_.find_namespace(name("team")), nullptr);
}

TEST_F(StoreTest, PoliciesStandInTheOrderInWhichTheyApply) {
  const auto order = [this] {
    std::string names;
    for (const Policy& policy : snapshot_.policies()) names += policy.name.str() + " ";
    return names;
  };
  store_.upsert(testing::make_policy("b", 1));
  store_.upsert(testing::make_policy("c", -5));
  store_.upsert(testing::make_policy("a", 1));
  EXPECT_EQ(order(), "a b c ");
  store_.upsert(testing::make_policy("c", 7));
  EXPECT_EQ(order(), "c a b ");
  store_.remove_policy(testing::uid_of("a"));
  store_.remove_policy(testing::uid_of("a"));
  EXPECT_EQ(order(), "c b ");
}

}  // namespace
}  // namespace migadapter::cluster
