#include "decide/upgrade.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::decide {
namespace {

using cluster::Constraints;
using cluster::MigRequests;
using cluster::Pod;
using cluster::testing::make_node;
using cluster::testing::make_owner;
using cluster::testing::make_pod;
using cluster::testing::make_quota;
using cluster::testing::mig;
using cluster::testing::name;
using cluster::testing::owned_by;
using cluster::testing::PodBuilder;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kMiddle = "nvidia.com/mig-2g.10gb";
constexpr std::string_view kLarge = "nvidia.com/mig-3g.20gb";
constexpr std::string_view kMedia = "nvidia.com/mig-1g.5gb.me";

/// A cluster without nodes in which ReplicaSet "web" asks for one small instance and "big" for a
/// middle one.
class UpgradeTest : public ::testing::Test {
 protected:
  UpgradeTest() {
    store_.upsert(cluster::testing::make_namespace());
    store_.upsert(make_owner("web", {mig(kSmall)}, 100));
    store_.upsert(make_owner("big", {mig(kMiddle)}, 100));
  }

  static PodBuilder waiting(std::string_view pod) { return make_pod(pod).asks(kSmall).waiting(); }
  static PodBuilder waiting_big(std::string_view pod) {
    return make_pod(pod).owner(owned_by("big")).asks(kMiddle).waiting();
  }

  /// Stores the pod and decides about it.
  UpgradeDecision decide(const Pod& pod) {
    store_.upsert(pod);
    return upgrade(store_.snapshot(), pod);
  }
  std::string reason(const Pod& pod) { return std::string(to_string(decide(pod).reason)); }
  /// "RESOURCE on NODE", or the reason why not.
  std::string outcome(const Pod& pod) {
    const UpgradeDecision decision = decide(pod);
    EXPECT_EQ(decision.grant.has_value(), decision.reason == UpgradeReason::upgraded);
    if (!decision.grant) return std::string(to_string(decision.reason));
    return decision.grant->grant.str() + " on " + decision.grant->node.str();
  }
  /// The walkthrough's node: one A100 cut `all-balanced`.
  void add_balanced(std::string_view node, int small = 2, int middle = 1, int large = 1) {
    store_.upsert(make_node(node)
                      .offers(kSmall, small)
                      .offers(kMiddle, middle)
                      .offers(kLarge, large)
                      .build());
  }
  void fill(std::string_view node, std::string_view resource, int pods = 1) {
    for (int number = 0; number < pods; ++number) {
      store_.upsert(make_pod("full-" + std::to_string(filled_++)).asks(resource).on(node).build());
    }
  }

  /// Holds one middle instance on the node for the pod of the rule.
  void hold(const std::string& rule_id, std::string_view node) {
    store_.hold({rule_id, name(node), {{name(kMiddle), 1}}, cluster::successor_of(waiting("old"))});
  }

  cluster::Store store_;
  int filled_ = 0;
};

TEST_F(UpgradeTest, TheThirdSmallPodOfTheWalkthroughRunsOnTheNextSize) {
  add_balanced("a100");
  fill("a100", kSmall, 2);
  const UpgradeDecision decision = decide(waiting("web-3").uses("cpu", 500));
  ASSERT_TRUE(decision.grant);
  EXPECT_EQ(decision.grant->demand, kSmall);
  EXPECT_EQ(decision.grant->grant, kMiddle);
  EXPECT_EQ(decision.grant->node, "a100");
  EXPECT_EQ(decision.grant->waste, (mig::Waste{1, 1, false}));
  EXPECT_EQ(decision.grant->requests,
            (cluster::ResourceList{{name(kMiddle), 1}, {name("cpu"), 500}}));
}

TEST_F(UpgradeTest, OnlyAPodThatTheSchedulerFoundUnschedulableIsLookedAt) {
  add_balanced("a", 0);
  EXPECT_EQ(reason(make_pod("new").asks(kSmall)), "NotWaiting");
  EXPECT_EQ(reason(waiting("bound").on("a")), "NotWaiting");
  EXPECT_EQ(reason(waiting("gated").gated()), "NotWaiting");
  EXPECT_EQ(reason(waiting("leaving").terminating()), "NotWaiting");
  EXPECT_EQ(reason(waiting("done").phase(cluster::PodPhase::failed)), "NotWaiting");
  EXPECT_EQ(reason(waiting("set-aside").nominated_to("a")), "Nominated");
}

TEST_F(UpgradeTest, NothingLargerThanTheTightestLimitIsGiven) {
  add_balanced("a", 0);
  const auto limited = [](std::string_view largest) {
    return waiting("web-1").guarded({.opt_outs = {.largest_grant = name(largest)}});
  };
  EXPECT_EQ(outcome(limited("3g.20gb")), "nvidia.com/mig-2g.10gb on a");
  EXPECT_EQ(outcome(limited("nvidia.com/mig-2g.10gb")), "nvidia.com/mig-2g.10gb on a");
  EXPECT_EQ(outcome(limited("1g.10gb")), "LargerNotAllowed");
  cluster::Namespace tight = cluster::testing::make_namespace();
  tight.opt_outs.largest_grant = name("1g.5gb");
  store_.upsert(tight);
  EXPECT_EQ(outcome(limited("3g.20gb")), "LargerNotAllowed");
  EXPECT_EQ(decide(limited("3g.20gb")).detail, "nvidia.com/mig-2g.10gb");
}

TEST_F(UpgradeTest, WhereTheLimitIsNoProfileOfTheGpuNothingCanBeProvenToKeepToIt) {
  add_balanced("a", 0);
  const Pod pod = waiting("web-1").guarded({.opt_outs = {.largest_grant = name("7g.141gb")}});
  EXPECT_EQ(outcome(pod), "LargerNotAllowed");
}

TEST_F(UpgradeTest, APodThatMustNotBeRestartedIsLeftAloneWithTheReason) {
  add_balanced("a", 0);
  const UpgradeDecision decision = decide(waiting("bare").bare());
  EXPECT_EQ(decision.reason, UpgradeReason::not_eligible);
  EXPECT_EQ(decision.eligible, EligibleReason::no_owner);
}

TEST_F(UpgradeTest, WhatIsNotModelledIsNotProvable) {
  add_balanced("a", 0);
  Constraints constraints;
  constraints.unmodelled = {cluster::Unmodelled::volumes};
  const UpgradeDecision decision = decide(waiting("web-1").constrained(constraints));
  EXPECT_EQ(decision.reason, UpgradeReason::not_provable);
  EXPECT_EQ(decision.detail, "spec.volumes");
}

TEST_F(UpgradeTest, AnUpgradedPodThatWaitsIsDecidedAnewByItsDemand) {
  struct Case {
    const char* what;
    int small, middle, large;  // free instances
    const char* outcome;
  };
  const Case cases[] = {
      {"its grant is free: the scheduler will place it", 1, 1, 1, "FitsNow"},
      {"the demand is better than any grant", 1, 0, 1, "nvidia.com/mig-1g.5gb on a"},
      {"a larger grant", 0, 0, 1, "nvidia.com/mig-3g.20gb on a"},
      {"nothing", 0, 0, 0, "NothingLargerFree"},
  };
  for (const auto& [what, small, middle, large, expected] : cases) {
    add_balanced("a", small, middle, large);
    EXPECT_EQ(outcome(make_pod("web-1").asks(kMiddle).instead_of(kSmall).waiting()), expected)
        << what;
  }
}

TEST_F(UpgradeTest, AnUpgradedPodThatWaitsMayGetASmallerGrantThanTheOneItLost) {
  add_balanced("a", 0, 1, 0);
  const UpgradeDecision decision =
      decide(make_pod("web-1").asks(kLarge).instead_of(kSmall).waiting());
  ASSERT_TRUE(decision.grant);
  EXPECT_EQ(decision.grant->demand, kSmall);
  EXPECT_EQ(decision.grant->grant, kMiddle);
  EXPECT_EQ(decision.grant->waste, (mig::Waste{1, 1, false}));
  EXPECT_EQ(decision.grant->requests, (cluster::ResourceList{{name(kMiddle), 1}}));
}

TEST_F(UpgradeTest, AnUpgradedPodThatWaitsGetsItsDemandBackEvenOnUnknownHardware) {
  store_.upsert(make_node("a").product("ACME-9000").offers(kSmall, 1).build());
  const UpgradeDecision decision =
      decide(make_pod("web-1").asks(kMiddle).instead_of(kSmall).waiting());
  ASSERT_TRUE(decision.grant);
  EXPECT_EQ(decision.grant->grant, kSmall);
  EXPECT_EQ(decision.grant->waste, mig::Waste{});
}

TEST_F(UpgradeTest, AnUpgradedPodThatWaitsIsNotRestartedForTheGrantItHas) {
  add_balanced("a", 0, 1, 0);
  store_.upsert(waiting_big("big-1").priority(5).build());
  EXPECT_EQ(outcome(make_pod("web-1").asks(kMiddle).instead_of(kSmall).waiting()),
            "NothingLargerFree");
}

TEST_F(UpgradeTest, AnUpgradedPodThatWaitsLeavesItsDemandToThosePodsThatAskForIt) {
  add_balanced("a", 1, 0, 0);
  store_.upsert(waiting("web-0").build());
  EXPECT_EQ(outcome(make_pod("web-1").asks(kMiddle).instead_of(kSmall).waiting()),
            "WantedByOthers");
}

TEST_F(UpgradeTest, APodThatWasOnlyMarkedMayBeUpgraded) {
  add_balanced("a", 0);
  EXPECT_EQ(outcome(waiting("web-1").instead_of(kSmall)), "nvidia.com/mig-2g.10gb on a");
}

TEST_F(UpgradeTest, AGrantWithoutQuotaIsPassedOverForALargerOneThatHasIt) {
  add_balanced("a", 0);
  store_.upsert(make_quota("q1", {{name(kMiddle), 1, 1}}));
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-3g.20gb on a");
  store_.upsert(make_quota("q2", {{name(kLarge), 1, 1}}));
  EXPECT_EQ(outcome(waiting("web-1")), "LimitedNamespace");
  EXPECT_EQ(decide(waiting("web-1")).limit, LimitReason::quota_exceeded);
  store_.remove_limit(name("q1"));
  store_.remove_limit(name("q2"));
  store_.upsert(make_quota("q3", {{name(kSmall), 9, 1}}));
  EXPECT_EQ(decide(waiting("web-1")).limit, LimitReason::quota_evaded);
}

TEST_F(UpgradeTest, ADemandThatIsFreeIsLeftToTheScheduler) {
  add_balanced("a");
  EXPECT_EQ(reason(waiting("web-1")), "FitsNow");
}

TEST_F(UpgradeTest, AFreeDemandOnANodeThatThePodCannotUseDoesNotKeepItWaiting) {
  store_.upsert(make_node("cordoned").offers(kSmall, 1).cordoned().build());
  add_balanced("a", 0);
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-2g.10gb on a");
}

TEST_F(UpgradeTest, OneFreeInstanceKeepsOneOfAHundredPodsWaiting) {
  add_balanced("a", 1, 100, 0);
  for (int number = 0; number < 100; ++number) {
    store_.upsert(waiting("web-" + std::to_string(number)).build());
  }
  int waits = 0;
  for (const base::Name& uid : store_.snapshot().waiting()) {
    const auto decided = upgrade(store_.snapshot(), *store_.snapshot().find_pod(uid)).reason;
    waits += decided == UpgradeReason::fits_now ? 1 : 0;
    EXPECT_TRUE(decided == UpgradeReason::fits_now || decided == UpgradeReason::upgraded);
  }
  EXPECT_EQ(waits, 1);
}

TEST_F(UpgradeTest, APodOfHigherPriorityIsServedFirstByWhatIsFree) {
  add_balanced("a", 1);
  store_.upsert(waiting("first").priority(10).build());
  EXPECT_EQ(outcome(waiting("second")), "nvidia.com/mig-2g.10gb on a");
  EXPECT_EQ(outcome(waiting("first").priority(10)), "FitsNow");
}

TEST_F(UpgradeTest, APodThatCannotUseTheFreeInstanceDoesNotCountAsServedByIt) {
  add_balanced("a", 1);
  Constraints elsewhere;
  elsewhere.node_selector = {{name("pool"), name("other")}};
  store_.upsert(waiting("pinned").priority(10).constrained(elsewhere).build());
  EXPECT_EQ(outcome(waiting("web-1")), "FitsNow");
}

TEST_F(UpgradeTest, NothingLargerFreeIsSaid) {
  add_balanced("a", 1, 0, 0);
  fill("a", kSmall);
  EXPECT_EQ(reason(waiting("web-1")), "NothingLargerFree");
}

TEST_F(UpgradeTest, SmallerAndOtherInstancesAreNotLarger) {
  store_.upsert(make_owner("media", {mig(kMedia)}));
  add_balanced("a", 1, 1, 1);
  store_.upsert(make_node("b").offers(kMedia, 0).build());
  EXPECT_EQ(reason(make_pod("m").owner(owned_by("media")).asks(kMedia).waiting()),
            "NothingLargerFree")
      << "the middle and the large instance lack the media engines";
}

TEST_F(UpgradeTest, OnAGpuModelThatNobodyKnowsNothingIsProvable) {
  store_.upsert(make_node("a").product("ACME-9000").offers(kSmall, 1).offers(kMiddle, 1).build());
  fill("a", kSmall);
  EXPECT_EQ(reason(waiting("web-1")), "UnknownHardware");
}

TEST_F(UpgradeTest, TheSameNameOnAnotherModelIsJudgedByThatModelsHardware) {
  // 1g.10gb is the smallest of an 80 GB GPU, and the one with double memory of a 40 GB GPU.
  constexpr std::string_view kTen = "nvidia.com/mig-1g.10gb";
  store_.upsert(make_owner("ten", {mig(kTen)}));
  store_.upsert(make_node("h100")
                    .product("NVIDIA-H100-80GB-HBM3")
                    .offers("nvidia.com/mig-2g.20gb", 1)
                    .build());
  add_balanced("a100", 0, 1, 0);
  const Pod pod = make_pod("t").owner(owned_by("ten")).asks(kTen).waiting();
  EXPECT_EQ(outcome(pod), "nvidia.com/mig-2g.10gb on a100") << "it wastes no memory there";
  fill("a100", kMiddle);
  EXPECT_EQ(outcome(pod), "nvidia.com/mig-2g.20gb on h100");
}

TEST_F(UpgradeTest, LeastWasteComesFirstWhateverTheNodes) {
  add_balanced("a", 0, 0, 5);
  add_balanced("b", 0, 1, 0);
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-2g.10gb on b");
}

TEST_F(UpgradeTest, TheOnlyMediaEnginesOfAGpuAreTakenLast) {
  constexpr std::string_view kWhole = "nvidia.com/mig-7g.40gb";
  store_.upsert(make_node("a").offers(kMedia, 1).build());
  store_.upsert(make_node("b").offers(kWhole, 1).build());
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-7g.40gb on b");
  fill("b", kWhole);
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-1g.5gb.me on a");
}

TEST_F(UpgradeTest, ThenTheNodeThatKeepsTheMostThenTheName) {
  add_balanced("c", 0, 2, 0);
  add_balanced("b", 0, 2, 0);
  add_balanced("a", 0, 1, 0);
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-2g.10gb on b");
  fill("b", kMiddle);
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-2g.10gb on c");
}

TEST_F(UpgradeTest, AnInstanceThatAPodOfEqualPriorityAsksForItselfIsNotTaken) {
  add_balanced("a", 0, 1, 0);
  store_.upsert(waiting_big("big-1").build());
  EXPECT_EQ(outcome(waiting("web-1")), "WantedByOthers");
  store_.upsert(waiting_big("big-1").priority(-1).build());
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-2g.10gb on a");
}

TEST_F(UpgradeTest, WhatIsWantedOnOneNodeIsTakenFromAnother) {
  add_balanced("a", 0, 2, 0);
  add_balanced("b", 0, 1, 0);
  store_.upsert(make_node("c").offers(kMiddle, 1).label("pool", "big").build());
  Constraints pinned;
  pinned.node_selector = {{name("kubernetes.io/hostname"), name("a")}};
  store_.upsert(waiting_big("big-1").constrained(pinned).uses("cpu", 100'000).build());
  store_.upsert(waiting_big("big-2").constrained(pinned).uses("cpu", 100'000).build());
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-2g.10gb on b");
}

TEST_F(UpgradeTest, PodsThatCannotRunWhereItIsFreeDoNotKeepIt) {
  add_balanced("a", 0, 1, 0);
  Constraints elsewhere;
  elsewhere.node_selector = {{name("pool"), name("full")}};
  for (int number = 0; number < 5; ++number) {
    store_.upsert(waiting_big("big-" + std::to_string(number)).constrained(elsewhere).build());
  }
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-2g.10gb on a");
}

TEST_F(UpgradeTest, AnUpgradedPodWithoutAPromiseMayTakeAnyInstance) {
  add_balanced("a", 0, 1, 0);
  store_.upsert(make_pod("web-0").asks(kMiddle).instead_of(kSmall).waiting().build());
  EXPECT_EQ(outcome(waiting("web-1")), "WantedByOthers");
}

TEST_F(UpgradeTest, APromisedInstanceIsTaken) {
  add_balanced("a", 0, 1, 0);
  hold("r", "a");
  EXPECT_EQ(outcome(waiting("web-1")), "NothingLargerFree");
}

TEST_F(UpgradeTest, AnInstanceIsKeptForAPromiseWhosePlaceAnotherPodHasTaken) {
  add_balanced("a", 0, 1, 0);
  add_balanced("b", 0, 1, 0);
  hold("r1", "a");
  hold("r2", "b");
  // The scheduler puts the pod of r1 on b: the pod of r2 will have to take what a seems to have
  // free.
  store_.upsert(make_pod("web-0").asks(kMiddle).instead_of(kSmall, "r1").on("b").build());
  EXPECT_EQ(outcome(waiting("web-1")), "WantedByOthers");
}

TEST_F(UpgradeTest, WantedInstancesLeadToTheNextSize) {
  add_balanced("a", 0, 1, 1);
  store_.upsert(waiting_big("big-1").build());
  EXPECT_EQ(outcome(waiting("web-1")), "nvidia.com/mig-3g.20gb on a");
}

TEST_F(UpgradeTest, EveryOtherResourceMustBeLeftOnTheNamedNode) {
  add_balanced("a", 0, 1, 0);
  const UpgradeDecision decision = decide(waiting("web-1").uses("cpu", 64'001));
  EXPECT_EQ(decision.reason, UpgradeReason::no_node_fits);
  EXPECT_EQ(decision.detail, "nvidia.com/mig-2g.10gb (a: InsufficientResource)");
  EXPECT_EQ(outcome(waiting("web-1").uses("cpu", 64'000)), "nvidia.com/mig-2g.10gb on a");
}

TEST_F(UpgradeTest, AllContainersChangeTogetherAndNDevicesStayNDevices) {
  const MigRequests demand = {mig(kSmall, 1, "init", cluster::ContainerKind::init),
                              mig(kSmall, 1, "sidecar", cluster::ContainerKind::sidecar),
                              mig(kSmall, 2, "main")};
  store_.upsert(make_owner("web", demand));
  PodBuilder pod = make_pod("web-1").waiting();
  for (const cluster::MigRequest& request : demand) pod.asks(request);
  add_balanced("a", 0, 2, 0);
  EXPECT_EQ(outcome(pod), "NoNodeFits") << "sidecar and main together need three";
  add_balanced("b", 0, 3, 0);
  const UpgradeDecision decision = decide(pod);
  ASSERT_TRUE(decision.grant);
  EXPECT_EQ(decision.grant->node, "b");
  EXPECT_EQ(decision.grant->requests, (cluster::ResourceList{{name(kMiddle), 3}}));
}

TEST_F(UpgradeTest, DemandsOfSeveralProfilesAreRefused) {
  store_.upsert(make_owner("web", {mig(kSmall, 1, "a"), mig(kMiddle, 1, "b")}));
  add_balanced("a", 0, 0, 2);
  const Pod pod = make_pod("p").asks(mig(kSmall, 1, "a")).asks(mig(kMiddle, 1, "b")).waiting();
  EXPECT_EQ(decide(pod).eligible, EligibleReason::several_profiles);
}

TEST_F(UpgradeTest, TheSameSnapshotGivesTheSameAnswer) {
  for (const char* node : {"a", "b", "c"}) add_balanced(node, 0, 1, 1);
  const std::string first = outcome(waiting("web-1"));
  for (int again = 0; again < 5; ++again) EXPECT_EQ(outcome(waiting("web-1")), first);
}

TEST(UpgradeReason, EveryReasonHasAWordAndASentence) {
  for (int each = 0; each <= static_cast<int>(UpgradeReason::budget_spent); ++each) {
    const auto reason = static_cast<UpgradeReason>(each);
    EXPECT_TRUE(std::isupper(to_string(reason).front()));
    EXPECT_TRUE(explain(reason).ends_with('.'));
  }
}

}  // namespace
}  // namespace migadapter::decide
