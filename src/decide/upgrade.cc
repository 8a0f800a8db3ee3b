#include "decide/upgrade.h"

#include <utility>
#include <vector>

#include "base/check.h"
#include "decide/contention.h"
#include "decide/fit.h"
#include "decide/grant_search.h"
#include "decide/neighbours.h"
#include "decide/opt_out.h"

namespace migadapter::decide {
namespace {

using cluster::FreeNode;
using cluster::NodeState;
using cluster::Pod;
using cluster::Snapshot;

struct Text {
  std::string_view word;
  std::string_view sentence;
};

Text text_of(UpgradeReason reason) {
  switch (reason) {
    case UpgradeReason::upgraded:
      return {"Upgraded",
              "An idle MIG instance is at least as good as what the pod asked for, and the pod "
              "provably fits its node."};
    case UpgradeReason::not_waiting:
      return {"NotWaiting", "The pod does not wait for the scheduler to find it a node."};
    case UpgradeReason::nominated:
      return {"Nominated", "The scheduler has set a node aside for the pod already."};
    case UpgradeReason::policy_off:
      return {"PolicyOff", "The pod's policy is in mode Off, so the pod stays as it is."};
    case UpgradeReason::policy_suspended:
      return {"PolicySuspended",
              "A policy that selects the pod is suspended, so nothing is moved until its field "
              "suspend is false again."};
    case UpgradeReason::policy_invalid:
      return {"PolicyInvalid",
              "The pod's policy cannot be read, so nothing is moved; see its condition Ready."};
    case UpgradeReason::fits_now:
      return {"FitsNow", "What the pod asks for is free; the scheduler will place it as it is."};
    case UpgradeReason::not_eligible:
      return {"NotEligible", "The pod must not be restarted."};
    case UpgradeReason::not_provable:
      return {"NotProvable",
              "The pod uses a scheduling feature that MIG-Adapter does not model, so no node can "
              "be proven to fit."};
    case UpgradeReason::limited_namespace:
      return {"LimitedNamespace",
              "A ResourceQuota or LimitRange of the namespace may reject the changed pod."};
    case UpgradeReason::waits_first:
      return {
          "WaitsFirst",
          "The pod's policy lets a pod wait for a while before it is upgraded, and that time is "
          "not over."};
    case UpgradeReason::unknown_hardware:
      return {"UnknownHardware",
              "No node that offers the profile has a known GPU model; check the label "
              "nvidia.com/gpu.product."};
    case UpgradeReason::nothing_larger_free:
      return {"NothingLargerFree", "No larger MIG instance that is as good in every way is free."};
    case UpgradeReason::wanted_by_others:
      return {"WantedByOthers",
              "Pods of equal or higher priority ask for the larger instances themselves."};
    case UpgradeReason::larger_not_allowed:
      return {"LargerNotAllowed",
              "Larger MIG instances are free, but larger than an annotation of the pod, its owner "
              "or its namespace allows."};
    case UpgradeReason::no_node_fits:
      return {"NoNodeFits", "Larger MIG instances are free, but on nodes the pod cannot run on."};
    case UpgradeReason::not_allowed:
      return {"NotAllowed",
              "Larger MIG instances are free, but the pod's policy allows none of them."};
    case UpgradeReason::budget_spent:
      return {"BudgetSpent", "A budget of the pod's policy allows no further move now."};
  }
  MIGADAPTER_CHECK(false);
  return {};
}

UpgradeDecision refused(UpgradeReason reason, std::string detail = {}) {
  UpgradeDecision decision;
  decision.reason = reason;
  decision.detail = std::move(detail);
  return decision;
}

/// `upgraded` when the policy lets its pods be moved at all.
UpgradeReason check_policy(const PodPolicy& policy) {
  switch (policy.state) {
    case PolicyState::enforcing:
    case PolicyState::observing:
      return UpgradeReason::upgraded;
    case PolicyState::off:
      return UpgradeReason::policy_off;
    case PolicyState::suspended:
      return UpgradeReason::policy_suspended;
    case PolicyState::invalid:
      return UpgradeReason::policy_invalid;
  }
  MIGADAPTER_CHECK(false);
  return {};
}

/// Says how long the pod still has to wait; `upgraded` when it has waited for long enough.
UpgradeDecision check_age(const Pod& pod, const PodPolicy& policy, base::WallTime now) {
  const base::Millis left = pod.created + policy.upgrade.after - now;
  const bool waits = policy.upgrade.after > base::Millis{0} && left > base::Millis{0};
  if (!waits) return refused(UpgradeReason::upgraded);
  UpgradeDecision decision = refused(UpgradeReason::waits_first, policy.policy.str());
  decision.wait = left;
  return decision;
}

/// What can be said of the pod by itself; `upgraded` when nothing forbids the search.
UpgradeDecision check_pod(const Snapshot& snapshot, const Pod& pod, const PodPolicy& policy) {
  if (!pod.waits_for_capacity()) return refused(UpgradeReason::not_waiting);
  if (!pod.nominated_node.empty()) {
    return refused(UpgradeReason::nominated, pod.nominated_node.str());
  }
  if (const UpgradeReason reason = check_policy(policy); reason != UpgradeReason::upgraded) {
    return refused(reason, policy.policy.str());
  }
  EligibleVerdict may_restart = eligible(snapshot, pod, Move::upgrade);
  if (!may_restart.ok()) {
    UpgradeDecision decision = refused(UpgradeReason::not_eligible, std::move(may_restart.detail));
    decision.eligible = may_restart.reason;
    return decision;
  }
  if (std::string feature = unmodelled_feature(snapshot, pod); !feature.empty()) {
    return refused(UpgradeReason::not_provable, std::move(feature));
  }
  return refused(UpgradeReason::upgraded);
}

/// The nodes on which the pod fits as it is, until they have so many instances.
std::vector<Offer> gather_fitting(const Snapshot& snapshot, const Pod& pod,
                                  const base::Name& present, std::int64_t wanted) {
  std::vector<Offer> offers;
  const Neighbours neighbours(snapshot, pod);
  for (const FreeNode& free : snapshot.nodes_with_free(present)) {
    if (wanted <= 0) break;
    const NodeState& node = *snapshot.find_node(free.node);
    if (fits(neighbours, pod, node) != FitReason::fits) continue;
    offers.push_back({&node, free.free});
    wanted -= free.free;
  }
  return offers;
}

/// Whether the scheduler will place the pod as it is: what it asks for is free somewhere and not
/// taken by the pods that are served before it. One free instance keeps one of a hundred pods
/// waiting.
bool scheduler_will_place(const Snapshot& snapshot, const Pod& pod, const base::Name& present) {
  if (!fits_somewhere(snapshot, pod)) return false;
  const Contention ahead = ahead_of(snapshot, pod, present);
  const std::int64_t own = pod.requests.of(present.view());
  std::vector<Offer> offers = gather_fitting(snapshot, pod, present, ahead.instances() + own);
  set_aside(offers, ahead, Claim::fits_now);
  return first_with(offers, own) != nullptr;
}

/// Whether the policy is why there is no candidate.
bool keeps_any_out(const Snapshot& snapshot, CandidateFilter filter) {
  filter.policy = {};
  return !candidates(snapshot, filter).empty();
}

UpgradeReason reason_for(const Snapshot& snapshot, GrantObstacle obstacle,
                         const CandidateFilter& filter) {
  switch (obstacle) {
    case GrantObstacle::none_free:
      if (keeps_any_out(snapshot, filter)) return UpgradeReason::not_allowed;
      return is_known_hardware(snapshot, filter.demand) ? UpgradeReason::nothing_larger_free
                                                        : UpgradeReason::unknown_hardware;
    case GrantObstacle::served_by_claims:
      return UpgradeReason::not_provable;
    case GrantObstacle::not_allowed:
      return UpgradeReason::larger_not_allowed;
    case GrantObstacle::limited:
      return UpgradeReason::limited_namespace;
    case GrantObstacle::no_node_fits:
      return UpgradeReason::no_node_fits;
    case GrantObstacle::wanted_by_others:
      return UpgradeReason::wanted_by_others;
  }
  MIGADAPTER_CHECK(false);
  return {};
}

UpgradeDecision decide_by(const Snapshot& snapshot, const CandidateFilter& filter,
                          GrantResult result) {
  const base::Name& demand = filter.demand;
  if (!result.found) {
    const std::string detail = result.detail.empty() ? demand.str() : std::move(result.detail);
    UpgradeDecision decision = refused(reason_for(snapshot, result.obstacle, filter), detail);
    decision.limit = result.limit;
    return decision;
  }
  FoundGrant& found = *result.found;
  // The demand itself wastes nothing anywhere, unknown hardware included.
  const mig::Waste waste =
      found.resource == demand ? mig::Waste{} : in_slices_of(found.share, *found.node->model);
  UpgradeDecision decision = refused(UpgradeReason::upgraded);
  decision.grant =
      Grant{demand, found.resource, found.node->node.name, std::move(found.requests), waste};
  return decision;
}

}  // namespace

std::string_view to_string(UpgradeReason reason) {
  return text_of(reason).word;
}

std::string_view explain(UpgradeReason reason) {
  return text_of(reason).sentence;
}

UpgradeDecision upgrade(const Snapshot& snapshot, const Pod& pod, const PodPolicy& policy,
                        base::WallTime now) {
  UpgradeDecision decision = check_pod(snapshot, pod, policy);
  if (decision.reason == UpgradeReason::upgraded) decision = check_age(pod, policy, now);
  if (decision.reason != UpgradeReason::upgraded) return decision;
  const auto demand = cluster::single_resource(cluster::demand_of(pod));
  const auto present = cluster::single_resource(pod.mig_requests);
  MIGADAPTER_CHECK(demand && present);
  if (scheduler_will_place(snapshot, pod, *present)) {
    return refused(UpgradeReason::fits_now, present->str());
  }
  const bool demand_itself = *present != *demand;
  const CandidateFilter filter{*demand,      *present,       demand_itself,
                               std::nullopt, policy.upgrade, largest_grants(snapshot, pod)};
  const GrantSearch search{pod, filter, pod.priority};
  return decide_by(snapshot, filter, find_grant(snapshot, search));
}

}  // namespace migadapter::decide
