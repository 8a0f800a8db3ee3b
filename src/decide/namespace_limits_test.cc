#include "decide/namespace_limits.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::decide {
namespace {

using cluster::OwnerKind;
using cluster::Pod;
using cluster::QuotaAmount;
using cluster::ResourceBounds;
using cluster::ResourceQuota;
using cluster::testing::make_pod;
using cluster::testing::make_quota;
using cluster::testing::mig;
using cluster::testing::name;
using cluster::testing::owned_by;
using cluster::testing::PodBuilder;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kMiddle = "nvidia.com/mig-2g.10gb";

/// So much of the resource is used by the quota's own count.
QuotaAmount amount(std::string_view resource, std::int64_t hard, std::int64_t used = 0) {
  return {name(resource), hard, used};
}

class NamespaceLimitsTest : public ::testing::Test {
 protected:
  static PodBuilder waiting() { return make_pod("web-1").asks(kSmall).uses("cpu", 500).waiting(); }

  LimitVerdict check(const Pod& pod, std::string_view grant = kMiddle) {
    store_.upsert(pod);
    const cluster::MigRequests& demand = cluster::demand_of(pod);
    const base::Name demanded = demand.front().resource;
    const auto granted = cluster::with_resource_replaced(demand, demanded, name(grant));
    const auto requests = cluster::requests_with(pod, granted);
    return check_limits(store_.snapshot(), {pod, demanded, name(grant), requests, granted});
  }
  std::string word(const Pod& pod, std::string_view grant = kMiddle) {
    return std::string(to_string(check(pod, grant).reason));
  }
  void set_quota(std::vector<QuotaAmount> amounts) {
    store_.upsert(make_quota("gpus", std::move(amounts)));
  }
  void set_bounds(ResourceBounds bounds) {
    store_.upsert(
        cluster::LimitRange{name("default"), "range", name("range"), {std::move(bounds)}});
  }

  /// Rule r1 promises an instance on node "a" to the successor of the pod.
  void promise(std::string_view name_space, const base::Name& replaced) {
    const cluster::PodToCome pod{name(name_space), nullptr, nullptr, replaced};
    store_.hold({"r1", name("a"), {{name(kMiddle), 1}}, pod});
  }

  cluster::Store store_;
};

TEST_F(NamespaceLimitsTest, WithoutLimitsEverythingIsAdmitted) {
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, LimitsOfAnotherNamespaceDoNotMatter) {
  ResourceQuota quota = make_quota("gpus", {amount(kMiddle, 0)});
  quota.name_space = name("other");
  store_.upsert(quota);
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, TheGrantNeedsRoomInItsQuota) {
  set_quota({amount(kMiddle, 4, 3)});
  EXPECT_EQ(word(waiting()), "WithinLimits");
  set_quota({amount(kMiddle, 4, 4)});
  EXPECT_EQ(word(waiting()), "QuotaExceeded");
  EXPECT_EQ(check(waiting()).detail, "ResourceQuota gpus: 4 of 4 nvidia.com/mig-2g.10gb are used");
}

TEST_F(NamespaceLimitsTest, PodsThatTheQuotaHasNotCountedYetAreCharged) {
  store_.upsert(make_pod("other").asks(kMiddle, 2).on("a").build());
  set_quota({amount(kMiddle, 2, 0)});
  EXPECT_EQ(word(waiting()), "QuotaExceeded");
  set_quota({amount(kMiddle, 3, 0)});
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, APodThatTerminatesIsChargedUntilItIsGone) {
  const Pod leaving = make_pod("leaving").asks(kMiddle).on("a").terminating();
  store_.upsert(leaving);
  set_quota({amount(kMiddle, 1, 0)});
  EXPECT_EQ(word(waiting()), "QuotaExceeded");
  store_.remove_pod(leaving.uid);
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, ThePodToComeOfAMoveUnderWayIsChargedUntilItIsThere) {
  set_quota({amount(kMiddle, 1, 0)});
  promise("default", name("gone"));
  EXPECT_EQ(word(waiting()), "QuotaExceeded");
  store_.release("r1");
  promise("other", name("gone"));
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, APromiseOfWhichNothingElseIsKnownIsChargedToEveryNamespace) {
  set_quota({amount(kMiddle, 1, 0)});
  store_.hold({"r1", name("a"), {{name(kMiddle), 1}}});
  EXPECT_EQ(word(waiting()), "QuotaExceeded");
}

TEST_F(NamespaceLimitsTest, APodThatHasArrivedIsNotChargedTwice) {
  promise("default", name("gone"));
  store_.upsert(make_pod("new").asks(kMiddle).instead_of(kSmall, "r1").build());
  set_quota({amount(kMiddle, 2, 1)});
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, WhatThePodUsesAlreadyDoesNotChangeWhileItWaits) {
  set_quota({amount("pods", 1, 1), amount("cpu", 500, 500), amount("limits.memory", 8, 8)});
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, AQuotaThatWasLoweredBelowItsUseAdmitsNothing) {
  set_quota({amount("pods", 1, 2)});
  EXPECT_EQ(word(waiting()), "QuotaExceeded");
  set_quota({amount("limits.memory", 7, 8)});
  EXPECT_EQ(word(waiting()), "QuotaExceeded");
}

TEST_F(NamespaceLimitsTest, MovesOfPodsThatWaitTakeEachOthersPlaces) {
  const Pod other = make_pod("web-2").asks(kSmall).waiting();
  store_.upsert(other);
  promise("default", other.uid);
  set_quota({amount("pods", 2, 2)});
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, TheReplacementOfARunningPodNeedsRoomBesideIt) {
  const PodBuilder running = make_pod("web-1").asks(kMiddle).instead_of(kSmall).on("a");
  set_quota({amount("pods", 1, 1)});
  EXPECT_EQ(word(running, kSmall), "QuotaExceeded");
  set_quota({amount("pods", 2, 1)});
  EXPECT_EQ(word(running, kSmall), "WithinLimits");
  set_quota({amount("limits.memory", 8, 1)});
  EXPECT_EQ(word(running, kSmall), "QuotaUnknown");  // we do not know the pod's limits
}

TEST_F(NamespaceLimitsTest, AnOwnerThatWaitsForTheEndNeedsNoRoomForBoth) {
  for (const OwnerKind kind : {OwnerKind::stateful_set, OwnerKind::job}) {
    const PodBuilder running =
        make_pod("web-1").owner(owned_by("web", kind)).asks(kMiddle).instead_of(kSmall).on("a");
    set_quota({amount("pods", 1, 1), amount("limits.memory", 8, 8)});
    EXPECT_EQ(word(running, kSmall), "WithinLimits");
  }
}

TEST_F(NamespaceLimitsTest, AQuotaWithoutAStatusAdmitsNothingYet) {
  set_quota({{name(kMiddle), 4, std::nullopt}});
  EXPECT_EQ(word(waiting()), "QuotaUnknown");
  set_quota({{name("services"), 4, std::nullopt}});
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, AnUpgradeDoesNotGetAroundAQuota) {
  set_quota({amount(kSmall, 4, 4)});
  EXPECT_EQ(word(waiting()), "QuotaEvaded");
  EXPECT_EQ(check(waiting()).detail,
            "ResourceQuota gpus names nvidia.com/mig-1g.5gb, none names nvidia.com/mig-2g.10gb");
  set_quota({amount(kSmall, 4, 4), amount(kMiddle, 1, 0)});
  EXPECT_EQ(word(waiting()), "WithinLimits");
  set_quota({amount(kSmall, 4, 3)});
  EXPECT_EQ(word(make_pod("p").asks(kMiddle).instead_of(kSmall).on("a"), kSmall), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, AQuotaOfOtherPodsDoesNotMatter) {
  ResourceQuota quota = make_quota("gpus", {amount(kMiddle, 0), amount(kSmall, 0)});
  quota.scopes = {
      {cluster::QuotaScopeKind::priority_class, cluster::SelectorOperator::in, {name("high")}}};
  store_.upsert(quota);
  EXPECT_EQ(word(waiting()), "WithinLimits");
  EXPECT_EQ(word(waiting().charged_as({name("high"), false, false})), "QuotaExceeded");
}

TEST_F(NamespaceLimitsTest, AScopeThatIsNotModelledRefusesWhatWouldUseMore) {
  ResourceQuota quota = make_quota("gpus", {amount(kMiddle, 9, 0)});
  quota.scopes = {cluster::QuotaScope{}};
  store_.upsert(quota);
  EXPECT_EQ(word(waiting()), "QuotaUnknown");
  quota.amounts = {amount("pods", 9, 1), amount("cpu", 9'000, 500)};
  store_.upsert(quota);
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, ALimitRangeThatNamesWhatThePodWouldNoLongerAskForRefuses) {
  set_bounds({false, name(kSmall), {}, {}});
  EXPECT_EQ(word(waiting()), "LimitRange");
  EXPECT_EQ(check(waiting()).detail, "LimitRange range, nvidia.com/mig-1g.5gb of a Container");
  set_bounds({true, name(kSmall), {}, 4});
  EXPECT_EQ(word(waiting()), "LimitRange");
  set_bounds({false, name("cpu"), 100, 200});
  EXPECT_EQ(word(waiting()), "WithinLimits");
}

TEST_F(NamespaceLimitsTest, EveryContainerMustKeepToTheBoundsOfTheGrant) {
  set_bounds({false, name(kMiddle), 1, 2});
  EXPECT_EQ(word(waiting()), "WithinLimits");
  EXPECT_EQ(word(make_pod("p").asks(kSmall, 3).waiting()), "LimitRange");
  Pod with_a_sidecar = waiting();
  with_a_sidecar.containers = 2;  // the other asks for no instance, which the API server minds
  EXPECT_EQ(word(with_a_sidecar), "LimitRange");
}

TEST_F(NamespaceLimitsTest, ThePodAsAWholeMustKeepToTheBoundsOfTheGrant) {
  set_bounds({true, name(kMiddle), {}, 1});
  EXPECT_EQ(word(waiting()), "WithinLimits");
  EXPECT_EQ(word(make_pod("p").asks(kSmall).asks(mig(kSmall, 1, "side")).waiting()), "LimitRange");
}

}  // namespace
}  // namespace migadapter::decide
