#include "decide/eligible.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::decide {
namespace {

using cluster::FailureRule;
using cluster::JobTerms;
using cluster::MigRequests;
using cluster::Owner;
using cluster::OwnerKind;
using cluster::Pod;
using cluster::testing::make_namespace;
using cluster::testing::make_owner;
using cluster::testing::make_pod;
using cluster::testing::mig;
using cluster::testing::name;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kMiddle = "nvidia.com/mig-2g.10gb";

constexpr FailureRule kIgnoresDisruption{true, true, true};
constexpr FailureRule kCountsDisruption{false, true, true};
constexpr FailureRule kOtherCondition{true, true, false};
constexpr FailureRule kExitCodes{true, false, false};

/// One thing about an ordinary upgraded pod and its ReplicaSet that is out of the ordinary.
struct Case {
  const char* name;
  EligibleReason upgrade;
  EligibleReason restore;
  std::function<void(Pod&, Owner&)> change;
};

std::vector<Case> cases_of_the_pod() {
  using R = EligibleReason;
  return {
      {"ordinary", R::eligible, R::eligible, [](Pod&, Owner&) {}},
      {"terminating", R::terminating, R::terminating,
       [](Pod& pod, Owner&) { pod.terminating = true; }},
      {"gated", R::gated, R::gated, [](Pod& pod, Owner&) { pod.gated = true; }},
      {"mirror", R::mirror_pod, R::mirror_pod,
       [](Pod& pod, Owner&) { pod.protection.mirror = true; }},
      {"in kube-system", R::protected_namespace, R::protected_namespace,
       [](Pod& pod, Owner&) { pod.name_space = name("kube-system"); }},
      {"in our own namespace", R::protected_namespace, R::protected_namespace,
       [](Pod& pod, Owner&) { pod.name_space = name("ours"); }},
      {"in an unknown namespace", R::namespace_missing, R::namespace_missing,
       [](Pod& pod, Owner&) { pod.name_space = name("new"); }},
      {"in a namespace that goes", R::namespace_missing, R::namespace_missing,
       [](Pod& pod, Owner&) { pod.name_space = name("going"); }},
      {"critical", R::critical_priority, R::critical_priority,
       [](Pod& pod, Owner&) { pod.protection.critical_priority = true; }},
      {"queued by Kueue", R::externally_queued, R::externally_queued,
       [](Pod& pod, Owner&) { pod.protection.externally_queued = true; }},
      {"gang", R::gang_member, R::gang_member,
       [](Pod& pod, Owner&) { pod.protection.gang = true; }},
      {"another tool must not disrupt it", R::eligible, R::eligible,
       [](Pod& pod, Owner&) { pod.protection.undisturbed_for = base::Millis::max(); }},
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

std::vector<Case> cases_of_opt_outs() {
  using R = EligibleReason;
  return {
      {"pod opts out of upgrades", R::opted_out, R::eligible,
       [](Pod& pod, Owner&) { pod.protection.opt_outs.upgrade = name("disabled"); }},
      {"pod opts out of restores", R::eligible, R::opted_out,
       [](Pod& pod, Owner&) { pod.protection.opt_outs.restore = name("disabled"); }},
      {"owner opts out of upgrades", R::opted_out, R::eligible,
       [](Pod&, Owner& owner) { owner.opt_outs.upgrade = name("disabled"); }},
      {"owner opts out of restores", R::eligible, R::opted_out,
       [](Pod&, Owner& owner) { owner.opt_outs.restore = name("disabled"); }},
      {"namespace opts out of upgrades", R::opted_out, R::eligible,
       [](Pod& pod, Owner&) { pod.name_space = name("still"); }},
      {"the pod does not outvote its owner", R::opted_out, R::eligible,
       [](Pod& pod, Owner& owner) {
         pod.protection.opt_outs.upgrade = name("enabled");
         owner.opt_outs.upgrade = name("disabled");
       }},
      {"a switch that cannot be read", R::unreadable_opt_out, R::eligible,
       [](Pod& pod, Owner&) { pod.protection.opt_outs.upgrade = name("off"); }},
      {"a largest grant that can be read", R::eligible, R::eligible,
       [](Pod& pod, Owner&) { pod.protection.opt_outs.largest_grant = name("2g.10gb"); }},
      {"a largest grant that cannot be read", R::unreadable_opt_out, R::unreadable_opt_out,
       [](Pod&, Owner& owner) { owner.opt_outs.largest_grant = name("2gb"); }},
  };
}

std::vector<Case> cases_of_the_owner() {
  using R = EligibleReason;
  const auto owner_kind = [](OwnerKind kind) {
    return [kind](Pod& pod, Owner&) { pod.owner->kind = kind; };
  };
  return {
      {"bare", R::no_owner, R::no_owner, [](Pod& pod, Owner&) { pod.owner.reset(); }},
      {"stateful set", R::eligible, R::eligible, owner_kind(OwnerKind::stateful_set)},
      {"replication controller", R::eligible, R::eligible,
       owner_kind(OwnerKind::replication_controller)},
      {"owned by its node", R::mirror_pod, R::mirror_pod, owner_kind(OwnerKind::node)},
      {"daemon set", R::daemon_set_pod, R::daemon_set_pod, owner_kind(OwnerKind::daemon_set)},
      {"unknown controller", R::unknown_owner, R::unknown_owner, owner_kind(OwnerKind::other)},
      {"declared controller that is not watched", R::eligible, R::eligible,
       [](Pod& pod, Owner& owner) {
         pod.owner = {OwnerKind::other, name("Trainer"), name("t"), name("t"), name("example.com")};
         owner.uid = name("another");
       }},
      {"its namesake of another group", R::unknown_owner, R::unknown_owner,
       [](Pod& pod, Owner&) {
         pod.owner = {OwnerKind::other, name("Trainer"), name("t"), name("t"), name("example.org")};
       }},
      {"unknown", R::owner_missing, R::owner_missing,
       [](Pod&, Owner& owner) { owner.uid = name("another"); }},
      {"terminating", R::owner_missing, R::owner_missing,
       [](Pod&, Owner& owner) { owner.terminating = true; }},
      {"queued by Kueue", R::externally_queued, R::externally_queued,
       [](Pod&, Owner& owner) { owner.externally_queued = true; }},
      {"scaling down", R::owner_scaling_down, R::owner_scaling_down,
       [](Pod&, Owner& owner) { owner.current_replicas = owner.desired_replicas + 1; }},
      {"wants no pod", R::owner_scaling_down, R::owner_scaling_down,
       [](Pod&, Owner& owner) { owner.desired_replicas = owner.current_replicas = 0; }},
      {"behind its spec", R::owner_rolling_out, R::owner_rolling_out,
       [](Pod&, Owner& owner) { owner.rolling_out = true; }},
      {"another template", R::template_differs, R::template_differs,
       [](Pod&, Owner& owner) { owner.template_requests = {mig(kMiddle)}; }},
      {"template asks for more of the same", R::template_differs, R::template_differs,
       [](Pod&, Owner& owner) { owner.template_requests = {mig(kSmall, 2)}; }},
  };
}

/// A Job that ignores disruptions, changed by `change`.
std::function<void(Pod&, Owner&)> job(const std::function<void(JobTerms&)>& change) {
  return [change](Pod& pod, Owner& owner) {
    pod.owner->kind = owner.kind = OwnerKind::job;
    owner.job = JobTerms{};
    owner.job->failure_rules = {kIgnoresDisruption};
    change(*owner.job);
  };
}

std::vector<Case> cases_of_jobs() {
  using R = EligibleReason;
  return {
      {"ignores disruptions", R::eligible, R::eligible, job([](JobTerms&) {})},
      {"has no failure policy", R::job_counts_failure, R::job_counts_failure,
       job([](JobTerms& terms) { terms.failure_rules.clear(); })},
      {"looks at exit codes before: a pod that has not begun has none", R::eligible,
       R::job_counts_failure, job([](JobTerms& terms) {
         terms.failure_rules = {kExitCodes, kIgnoresDisruption};
       })},
      {"looks at other conditions before", R::job_counts_failure, R::job_counts_failure,
       job([](JobTerms& terms) {
         terms.failure_rules = {kOtherCondition, kIgnoresDisruption};
       })},
      {"counts disruptions before it ignores them", R::job_counts_failure, R::job_counts_failure,
       job([](JobTerms& terms) {
         terms.failure_rules = {kCountsDisruption, kIgnoresDisruption};
       })},
      {"only looks at exit codes", R::job_counts_failure, R::job_counts_failure,
       job([](JobTerms& terms) { terms.failure_rules = {kExitCodes}; })},
      {"replaces pods that still terminate", R::job_counts_failure, R::job_counts_failure,
       job([](JobTerms& terms) { terms.replaces_terminating = true; })},
      {"suspended", R::job_not_active, R::job_not_active,
       job([](JobTerms& terms) { terms.suspended = true; })},
      {"finished", R::job_not_active, R::job_not_active,
       job([](JobTerms& terms) { terms.finished = true; })},
      {"managed elsewhere", R::job_managed_elsewhere, R::job_managed_elsewhere,
       job([](JobTerms& terms) { terms.managed_elsewhere = true; })},
      {"indexed, but the pod has no index", R::template_differs, R::template_differs,
       job([](JobTerms& terms) { terms.indexed = true; })},
      {"indexed", R::eligible, R::eligible,
       [](Pod& pod, Owner& owner) {
         job([](JobTerms& terms) { terms.indexed = true; })(pod, owner);
         pod.completion_index = name("3");
       }},
  };
}

/// Namespaces "default"; "still", which opts out of upgrades; "going", which is being deleted; we
/// run in "ours" ourselves.
cluster::Store make_store(const Owner& owner) {
  cluster::Store store({}, cluster::Declared{name("ours"), {{"example.com", "Trainer"}}});
  store.upsert(make_namespace("default"));
  store.upsert(make_namespace("ours"));
  store.upsert(make_namespace("kube-system"));
  cluster::Namespace still = make_namespace("still");
  still.opt_outs.upgrade = name("disabled");
  store.upsert(still);
  cluster::Namespace going = make_namespace("going");
  going.terminating = true;
  store.upsert(going);
  store.upsert(owner);
  return store;
}

void expect_as_said(const std::vector<Case>& cases, std::set<EligibleReason>& seen) {
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    Pod pod = make_pod("web-1").asks(kMiddle).instead_of(kSmall);
    Owner owner = make_owner("web", {mig(kSmall)});
    each.change(pod, owner);
    const cluster::Store store = make_store(owner);
    const EligibleReason upgrade = eligible(store.snapshot(), pod, Move::upgrade).reason;
    const EligibleReason restore = eligible(store.snapshot(), pod, Move::restore).reason;
    EXPECT_EQ(to_string(upgrade), to_string(each.upgrade));
    EXPECT_EQ(to_string(restore), to_string(each.restore));
    seen.insert({upgrade, restore});
  }
}

TEST(Eligible, TheFirstThingThatForbidsTheMoveIsNamed) {
  std::set<EligibleReason> seen = {EligibleReason::disruption_forbidden};  // see restore_test.cc
  expect_as_said(cases_of_the_pod(), seen);
  expect_as_said(cases_of_opt_outs(), seen);
  expect_as_said(cases_of_the_owner(), seen);
  expect_as_said(cases_of_jobs(), seen);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(EligibleReason::no_profile) + 1);
}

TEST(Eligible, TheDetailSaysWhereTheOptOutIs) {
  const auto detail = [](const Pod& pod, const Owner& owner) {
    return eligible(make_store(owner).snapshot(), pod, Move::upgrade).detail;
  };
  Pod pod = make_pod("web-1").asks(kSmall);
  Owner owner = make_owner("web", {mig(kSmall)});
  pod.name_space = name("still");
  EXPECT_EQ(detail(pod, owner), "migadapter.io/upgrade is \"disabled\" on namespace still");
  owner.opt_outs.largest_grant = name("2gb");
  EXPECT_EQ(detail(pod, owner), "migadapter.io/largest-grant is \"2gb\" on ReplicaSet web");
  pod.protection.opt_outs.upgrade = name("no");
  EXPECT_EQ(detail(pod, owner), "migadapter.io/upgrade is \"no\" on pod web-1");
  pod.owner = {OwnerKind::other, name("Trainer"), name("t"), name("t"), name("example.org")};
  EXPECT_EQ(detail(pod, owner), "example.org/Trainer");
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
