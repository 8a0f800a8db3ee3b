#include "decide/restore.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::decide {
namespace {

using cluster::Constraints;
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
constexpr std::string_view kFour = "nvidia.com/mig-4g.20gb";
constexpr RestorePolicy kEager{};

base::WallTime at(int seconds) {
  return base::WallTime{} + std::chrono::seconds(seconds);
}

/// Node "a" offers one instance of each size; ReplicaSet "web" asks for small ones and "big" for
/// middle ones.
class RestoreTest : public ::testing::Test {
 protected:
  RestoreTest() {
    store_.upsert(cluster::testing::make_namespace());
    store_.upsert(make_owner("web", {mig(kSmall)}, 100));
    store_.upsert(make_owner("big", {mig(kMiddle)}, 100));
    offer(1, 1, 1, 1);
  }

  void offer(int small, int middle, int large, int four) {
    store_.upsert(make_node("a")
                      .offers(kSmall, small)
                      .offers(kMiddle, middle)
                      .offers(kLarge, large)
                      .offers(kFour, four)
                      .build());
  }
  static PodBuilder small_on(std::string_view grant, std::string_view pod = "web-1") {
    return make_pod(pod).asks(grant).instead_of(kSmall).on("a").started_at(at(10));
  }
  static PodBuilder middle_on(std::string_view grant, std::string_view pod = "big-1") {
    return make_pod(pod)
        .owner(owned_by("big"))
        .asks(grant)
        .instead_of(kMiddle)
        .on("a")
        .started_at(at(10));
  }
  RestoreDecision decide(const Pod& pod, const RestorePolicy& policy = kEager) {
    store_.upsert(pod);
    return restore(store_.snapshot(), pod, policy, at(100));
  }
  std::string outcome(const Pod& pod, const RestorePolicy& policy = kEager) {
    const RestoreDecision decision = decide(pod, policy);
    EXPECT_EQ(decision.grant.has_value(), decision.reason == RestoreReason::restored);
    if (!decision.grant) return std::string(to_string(decision.reason));
    return decision.grant->grant.str() + " on " + decision.grant->node.str();
  }
  /// "POD to RESOURCE", or "none".
  std::string next(const RestorePolicy& policy = kEager, const std::string& held = "") {
    const auto chosen = next_restore(store_.snapshot(), policy, at(100),
                                     [&held](const Pod& pod) { return pod.name == held; });
    if (!chosen) return "none";
    return store_.snapshot().find_pod(chosen->pod_uid)->name + " to " +
           chosen->decision.grant->grant.str();
  }

  cluster::Store store_;
};

TEST_F(RestoreTest, AnUpgradedPodReturnsToItsDemandWhenThatIsFree) {
  const RestoreDecision decision = decide(small_on(kFour));
  ASSERT_TRUE(decision.grant);
  EXPECT_EQ(decision.grant->grant, kSmall);
  EXPECT_EQ(decision.grant->waste, mig::Waste{});
  EXPECT_EQ(decision.reclaimed, (mig::Waste{3, 3, false}));
}

TEST_F(RestoreTest, ASmallerGrantThanTheOneItHasIsBetterThanNothing) {
  offer(0, 1, 1, 1);
  EXPECT_EQ(outcome(small_on(kFour)), "nvidia.com/mig-2g.10gb on a");
  EXPECT_EQ(outcome(small_on(kMiddle)), "NothingSmallerFree");
}

TEST_F(RestoreTest, ItsOwnInstanceIsNotFreeForItself) {
  offer(0, 1, 0, 0);
  EXPECT_EQ(outcome(small_on(kMiddle)), "NothingSmallerFree");
}

TEST_F(RestoreTest, WhatIsNotUpgradedOrNotRunningStays) {
  EXPECT_EQ(outcome(make_pod("p").asks(kSmall).on("a")), "NotUpgraded");
  EXPECT_EQ(outcome(make_pod("p").asks(kSmall).instead_of(kSmall).on("a")), "NotUpgraded");
  EXPECT_EQ(outcome(make_pod("p").asks(kMiddle).instead_of(kSmall).waiting()), "NotRunning");
}

TEST_F(RestoreTest, NeverMeansNever) {
  EXPECT_EQ(outcome(small_on(kFour), {RestoreMode::never, {}}), "ModeNever");
  EXPECT_EQ(next({RestoreMode::never, {}}), "none");
}

TEST_F(RestoreTest, APodThatMustNotBeDisruptedRunsOn) {
  const RestoreDecision decision =
      decide(small_on(kFour).guarded({.undisturbed_for = base::Millis::max()}));
  EXPECT_EQ(decision.reason, RestoreReason::not_eligible);
  EXPECT_EQ(decision.eligible, EligibleReason::disruption_forbidden);
  EXPECT_EQ(outcome(small_on(kFour).terminating()), "NotEligible");
}

TEST_F(RestoreTest, APodThatMustRunForAWhileIsRestoredAfterIt) {
  const auto undisturbed_for = [](int seconds) {
    return small_on(kFour).guarded({.undisturbed_for = std::chrono::seconds(seconds)});
  };
  EXPECT_EQ(outcome(undisturbed_for(91)), "NotEligible");  // it runs for 90 s
  EXPECT_EQ(outcome(undisturbed_for(90)), "nvidia.com/mig-1g.5gb on a");
  EXPECT_EQ(outcome(undisturbed_for(1).started_at({})), "NotEligible");
}

TEST_F(RestoreTest, NothingLargerThanAllowedIsGivenEvenWhereItIsSmaller) {
  offer(0, 1, 1, 1);
  const cluster::PodProtection within_small{.opt_outs = {.largest_grant = name("1g.5gb")}};
  const cluster::PodProtection within_middle{.opt_outs = {.largest_grant = name("2g.10gb")}};
  EXPECT_EQ(outcome(small_on(kFour).guarded(within_small)), "NothingSmallerFree");
  EXPECT_EQ(outcome(small_on(kFour).guarded(within_middle)), "nvidia.com/mig-2g.10gb on a");
  offer(1, 1, 1, 1);
  EXPECT_EQ(outcome(small_on(kFour).guarded(within_small)), "nvidia.com/mig-1g.5gb on a");
}

TEST_F(RestoreTest, WhatIsNotModelledIsNotProvable) {
  Constraints constraints;
  constraints.unmodelled = {cluster::Unmodelled::volumes};
  const RestoreDecision decision = decide(small_on(kFour).constrained(constraints));
  EXPECT_EQ(decision.reason, RestoreReason::not_provable);
  EXPECT_EQ(decision.detail, "spec.volumes");
}

TEST_F(RestoreTest, ALimitedNamespaceKeepsWhatItHas) {
  offer(0, 1, 1, 1);
  store_.upsert(make_quota("q1", {{name(kMiddle), 0, 0}, {name(kLarge), 0, 0}}));
  EXPECT_EQ(outcome(small_on(kFour)), "LimitedNamespace");
  store_.upsert(make_quota("q1", {{name(kSmall), 9, 0}}));
  EXPECT_EQ(outcome(small_on(kFour)), "LimitedNamespace");
}

TEST_F(RestoreTest, AYoungPodIsLeftToRun) {
  const auto minimum = [](int seconds) {
    return RestorePolicy{RestoreMode::eager, std::chrono::seconds(seconds)};
  };
  EXPECT_EQ(outcome(small_on(kFour), minimum(91)), "RunsTooShort");
  EXPECT_EQ(outcome(small_on(kFour), minimum(90)), "nvidia.com/mig-1g.5gb on a");
  EXPECT_EQ(outcome(small_on(kFour).started_at({}), minimum(1)), "RunsTooShort");
}

TEST_F(RestoreTest, OnUnknownHardwareNothingIsKnownToBeSmaller) {
  store_.upsert(make_node("a").product("ACME-9000").offers(kSmall, 1).offers(kFour, 1).build());
  EXPECT_EQ(outcome(small_on(kFour)), "UnknownHardware");
}

TEST_F(RestoreTest, WhenNeededMeansThatAPendingPodCanThenRun) {
  const RestorePolicy needed{RestoreMode::when_needed, {}};
  offer(1, 1, 0, 0);
  EXPECT_EQ(outcome(small_on(kMiddle), needed), "NotNeeded");
  EXPECT_EQ(next(needed), "none");
  const auto big = [] { return make_pod("big-9").owner(owned_by("big")).asks(kMiddle); };
  store_.upsert(big().waiting().uses("cpu", 64'001).build());
  EXPECT_EQ(outcome(small_on(kMiddle), needed), "NotNeeded") << "it lacks the cpu too";
  store_.upsert(big().build());
  EXPECT_EQ(outcome(small_on(kMiddle), needed), "NotNeeded") << "the scheduler has not tried";
  store_.upsert(big().waiting().build());
  EXPECT_EQ(outcome(small_on(kMiddle), needed), "nvidia.com/mig-1g.5gb on a");
  EXPECT_EQ(next(needed), "web-1 to nvidia.com/mig-1g.5gb");
}

TEST_F(RestoreTest, WhatPendingPodsWaitForThemselvesIsTheirs) {
  store_.upsert(make_pod("web-9").asks(kSmall).waiting().priority(-5).build());
  offer(1, 0, 0, 1);
  EXPECT_EQ(outcome(small_on(kFour)), "NothingSmallerFree");
  offer(2, 0, 0, 1);
  EXPECT_EQ(outcome(small_on(kFour)), "nvidia.com/mig-1g.5gb on a") << "there is one for each";
}

TEST_F(RestoreTest, TheMostWasteIsReclaimedFirst) {
  offer(0, 1, 1, 1);
  store_.upsert(small_on(kFour).build());
  store_.upsert(middle_on(kLarge).build());
  EXPECT_EQ(next(), "web-1 to nvidia.com/mig-2g.10gb");
}

TEST_F(RestoreTest, MediaEnginesAreReclaimedFirstButNeverForALargerInstance) {
  constexpr std::string_view kMedia = "nvidia.com/mig-1g.5gb.me";
  offer(0, 0, 0, 1);
  store_.upsert(small_on(kMedia, "media").build());
  store_.upsert(make_node("b").offers("nvidia.com/mig-7g.40gb", 1).build());
  EXPECT_EQ(next(), "none") << "4g.20gb and 7g.40gb rank before the media engines, but are larger";
  store_.upsert(small_on(kFour, "four").build());
  store_.upsert(make_node("c").offers(kSmall, 1).build());
  EXPECT_EQ(next(), "media to nvidia.com/mig-1g.5gb");
}

TEST_F(RestoreTest, NoRestoreTakesMediaEngines) {
  store_.upsert(make_node("a").offers("nvidia.com/mig-1g.5gb.me", 1).offers(kFour, 1).build());
  EXPECT_EQ(outcome(small_on(kFour)), "NothingSmallerFree");
}

TEST_F(RestoreTest, AHeldPodIsPassedOver) {
  offer(0, 1, 1, 1);
  store_.upsert(small_on(kFour).build());
  store_.upsert(middle_on(kLarge).build());
  EXPECT_EQ(next(kEager, "web-1"), "big-1 to nvidia.com/mig-2g.10gb");
}

TEST_F(RestoreTest, OfEqualsTheOldestIsRestoredThenByName) {
  offer(1, 4, 0, 0);
  store_.upsert(small_on(kMiddle, "young").created_at(at(2)).build());
  store_.upsert(small_on(kMiddle, "old-b").created_at(at(1)).build());
  store_.upsert(small_on(kMiddle, "old-a").created_at(at(1)).build());
  EXPECT_EQ(next(), "old-a to nvidia.com/mig-1g.5gb");
}

TEST_F(RestoreTest, ThePromisingPodThatCannotMoveDoesNotHideTheOneThatCan) {
  offer(1, 1, 0, 1);
  store_.upsert(
      small_on(kFour, "stuck").guarded({.opt_outs = {.restore = name("disabled")}}).build());
  store_.upsert(small_on(kMiddle, "free-to-go").build());
  EXPECT_EQ(next(), "free-to-go to nvidia.com/mig-1g.5gb");
}

TEST_F(RestoreTest, ANewNodeRestores) {
  offer(0, 1, 0, 0);
  store_.upsert(small_on(kMiddle).build());
  EXPECT_EQ(next(), "none");
  store_.upsert(make_node("b").offers(kSmall, 1).build());
  EXPECT_EQ(next(), "web-1 to nvidia.com/mig-1g.5gb");
}

TEST_F(RestoreTest, NothingFreeRestoresNothing) {
  offer(0, 1, 0, 0);
  store_.upsert(small_on(kMiddle).build());
  EXPECT_EQ(next(), "none");
}

TEST(RestoreReason, EveryReasonHasAWordAndASentence) {
  for (int each = 0; each <= static_cast<int>(RestoreReason::nothing_smaller_free); ++each) {
    const auto reason = static_cast<RestoreReason>(each);
    EXPECT_TRUE(std::isupper(to_string(reason).front()));
    EXPECT_TRUE(explain(reason).ends_with('.'));
  }
}

}  // namespace
}  // namespace migadapter::decide
