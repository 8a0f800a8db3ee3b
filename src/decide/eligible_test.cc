#include "decide/eligible.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::decide {
namespace {

using cluster::MigRequests;
using cluster::Owner;
using cluster::OwnerKind;
using cluster::Pod;
using cluster::testing::make_owner;
using cluster::testing::make_pod;
using cluster::testing::mig;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kMiddle = "nvidia.com/mig-2g.10gb";

/// One thing about an ordinary upgraded pod and its ReplicaSet that is out of the ordinary.
struct Case {
  const char* name;
  EligibleReason upgrade;
  EligibleReason restore;
  std::function<void(Pod&, Owner&)> change;
};

std::vector<Case> cases() {
  using R = EligibleReason;
  const auto owner_kind = [](OwnerKind kind) {
    return [kind](Pod& pod, Owner&) { pod.owner->kind = kind; };
  };
  return {
      {"ordinary", R::eligible, R::eligible, [](Pod&, Owner&) {}},
      {"stateful set", R::eligible, R::eligible, owner_kind(OwnerKind::stateful_set)},
      {"replication controller", R::eligible, R::eligible,
       owner_kind(OwnerKind::replication_controller)},
      {"terminating", R::terminating, R::terminating,
       [](Pod& pod, Owner&) { pod.terminating = true; }},
      {"gated", R::gated, R::gated, [](Pod& pod, Owner&) { pod.gated = true; }},
      {"bare", R::no_owner, R::no_owner, [](Pod& pod, Owner&) { pod.owner.reset(); }},
      {"mirror", R::mirror_pod, R::mirror_pod,
       [](Pod& pod, Owner&) { pod.protection.mirror = true; }},
      {"owned by its node", R::mirror_pod, R::mirror_pod, owner_kind(OwnerKind::node)},
      {"daemon set", R::daemon_set_pod, R::daemon_set_pod, owner_kind(OwnerKind::daemon_set)},
      {"job", R::job_pod, R::job_pod, owner_kind(OwnerKind::job)},
      {"unknown controller", R::unknown_owner, R::unknown_owner, owner_kind(OwnerKind::other)},
      {"critical", R::critical_priority, R::critical_priority,
       [](Pod& pod, Owner&) { pod.protection.critical_priority = true; }},
      {"queued by Kueue", R::externally_queued, R::externally_queued,
       [](Pod& pod, Owner&) { pod.protection.externally_queued = true; }},
      {"gang", R::gang_member, R::gang_member,
       [](Pod& pod, Owner&) { pod.protection.gang = true; }},
      {"pod opts out of upgrades", R::opted_out, R::eligible,
       [](Pod& pod, Owner&) { pod.protection.upgrade_disabled = true; }},
      {"pod opts out of restores", R::eligible, R::opted_out,
       [](Pod& pod, Owner&) { pod.protection.restore_disabled = true; }},
      {"owner opts out of upgrades", R::opted_out, R::eligible,
       [](Pod&, Owner& owner) { owner.upgrade_disabled = true; }},
      {"owner opts out of restores", R::eligible, R::opted_out,
       [](Pod&, Owner& owner) { owner.restore_disabled = true; }},
      {"another tool must not disrupt it", R::eligible, R::disruption_forbidden,
       [](Pod& pod, Owner&) { pod.protection.disruption_forbidden = true; }},
      {"owner unknown", R::owner_missing, R::owner_missing,
       [](Pod&, Owner& owner) { owner.uid = base::Name("another"); }},
      {"owner terminating", R::owner_missing, R::owner_missing,
       [](Pod&, Owner& owner) { owner.terminating = true; }},
      {"owner scaling down", R::owner_scaling_down, R::owner_scaling_down,
       [](Pod&, Owner& owner) { owner.current_replicas = owner.desired_replicas + 1; }},
      {"owner wants no pod", R::owner_scaling_down, R::owner_scaling_down,
       [](Pod&, Owner& owner) { owner.desired_replicas = owner.current_replicas = 0; }},
      {"rollout under way", R::template_differs, R::template_differs,
       [](Pod&, Owner& owner) { owner.template_requests = {mig(kMiddle)}; }},
      {"template asks for more of the same", R::template_differs, R::template_differs,
       [](Pod&, Owner& owner) { owner.template_requests = {mig(kSmall, 2)}; }},
      {"several profiles", R::several_profiles, R::several_profiles,
       [](Pod& pod, Owner& owner) {
         const MigRequests both = {mig(kSmall), mig(kMiddle, 1, "side")};
         pod.granted->demand = owner.template_requests = both;
       }},
      {"granted several profiles", R::several_profiles, R::several_profiles,
       [](Pod& pod, Owner&) { pod.mig_requests.push_back(mig(kSmall, 1, "side")); }},
      {"no profile", R::no_profile, R::no_profile,
       [](Pod& pod, Owner& owner) {
         pod.granted.reset();
         pod.mig_requests = owner.template_requests = {};
       }},
  };
}

TEST(Eligible, TheFirstThingThatForbidsTheMoveIsNamed) {
  std::set<EligibleReason> seen;
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.name);
    Pod pod = make_pod("web-1").asks(kMiddle).instead_of(kSmall);
    Owner owner = make_owner("web", {mig(kSmall)});
    each.change(pod, owner);
    cluster::Store store;
    store.upsert(owner);
    EXPECT_EQ(to_string(eligible(store.snapshot(), pod, Move::upgrade)), to_string(each.upgrade));
    EXPECT_EQ(to_string(eligible(store.snapshot(), pod, Move::restore)), to_string(each.restore));
    seen.insert({each.upgrade, each.restore});
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(EligibleReason::no_profile) + 1);
}

TEST(Eligible, EveryReasonHasAWordAndASentence) {
  for (int each = 0; each <= static_cast<int>(EligibleReason::no_profile); ++each) {
    const auto reason = static_cast<EligibleReason>(each);
    EXPECT_TRUE(std::isupper(to_string(reason).front()));
    EXPECT_TRUE(explain(reason).ends_with('.'));
  }
}

}  // namespace
}  // namespace migadapter::decide
