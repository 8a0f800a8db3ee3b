#include "decide/restore.h"

#include <limits>
#include <utility>

#include "base/check.h"
#include "decide/fit.h"
#include "decide/grant_search.h"
#include "decide/opt_out.h"

namespace migadapter::decide {
namespace {

using cluster::NodeState;
using cluster::Pod;
using cluster::ResourceList;
using cluster::Snapshot;

struct Text {
  std::string_view word;
  std::string_view sentence;
};

Text text_of(RestoreReason reason) {
  switch (reason) {
    case RestoreReason::restored:
      return {"Restored", "A smaller MIG instance is free and the pod provably fits its node."};
    case RestoreReason::not_upgraded:
      return {"NotUpgraded", "The pod runs with the MIG resource that its author asked for."};
    case RestoreReason::not_running:
      return {"NotRunning", "The pod is not bound to a node, so it occupies no larger instance."};
    case RestoreReason::policy_off:
      return {"PolicyOff", "The pod's policy is in mode Off, so the pod stays as it is."};
    case RestoreReason::policy_suspended:
      return {"PolicySuspended",
              "A policy that selects the pod is suspended, so nothing is moved until its field "
              "suspend is false again."};
    case RestoreReason::policy_invalid:
      return {"PolicyInvalid",
              "The pod's policy cannot be read, so nothing is moved; see its condition Ready."};
    case RestoreReason::mode_never:
      return {"ModeNever", "The restore mode is Never: upgraded pods keep what they have."};
    case RestoreReason::not_needed:
      return {"NotNeeded",
              "The restore mode is WhenNeeded, and no pending pod could run on what the restore "
              "would free."};
    case RestoreReason::runs_too_short:
      return {"RunsTooShort", "The pod has not run for the minimum time before a restore."};
    case RestoreReason::not_eligible:
      return {"NotEligible", "The pod must not be restarted."};
    case RestoreReason::not_provable:
      return {"NotProvable",
              "The pod uses a scheduling feature that MIG-Adapter does not model, so no node can "
              "be proven to fit."};
    case RestoreReason::limited_namespace:
      return {"LimitedNamespace",
              "A ResourceQuota or LimitRange of the namespace may reject the changed pod."};
    case RestoreReason::unknown_hardware:
      return {"UnknownHardware",
              "The GPU model of the pod's node is unknown; check the label "
              "nvidia.com/gpu.product."};
    case RestoreReason::nothing_smaller_free:
      return {"NothingSmallerFree",
              "No smaller MIG instance is free for the pod on a node that it fits."};
  }
  MIGADAPTER_CHECK(false);
  return {};
}

RestoreDecision refused(RestoreReason reason, std::string detail = {}) {
  RestoreDecision decision;
  decision.reason = reason;
  decision.detail = std::move(detail);
  return decision;
}

/// `restored` when the policy lets its pods be moved back at all.
RestoreReason check_policy(const PodPolicy& policy) {
  switch (policy.state) {
    case PolicyState::enforcing:
    case PolicyState::observing:
      return policy.restore.mode == RestoreMode::never ? RestoreReason::mode_never
                                                       : RestoreReason::restored;
    case PolicyState::off:
      return RestoreReason::policy_off;
    case PolicyState::suspended:
      return RestoreReason::policy_suspended;
    case PolicyState::invalid:
      return RestoreReason::policy_invalid;
  }
  MIGADAPTER_CHECK(false);
  return {};
}

/// Until the kubelet has started the pod it has run for no time at all.
base::Millis run_time(const Pod& pod, base::WallTime now) {
  const bool started = pod.started != base::WallTime{};
  return started ? now - pod.started : base::Millis{0};
}

/// What can be said without looking for an instance; `restored` when nothing forbids the search.
RestoreDecision check_pod(const Snapshot& snapshot, const Pod& pod, const PodPolicy& policy,
                          base::WallTime now) {
  if (!cluster::is_upgraded(pod)) return refused(RestoreReason::not_upgraded);
  if (!pod.bound() || pod.finished()) return refused(RestoreReason::not_running);
  if (const RestoreReason reason = check_policy(policy); reason != RestoreReason::restored) {
    return refused(reason, policy.policy.str());
  }
  EligibleVerdict may_restart = eligible(snapshot, pod, Move::restore);
  if (may_restart.ok() && is_undisturbed(pod, now)) {
    may_restart.reason = EligibleReason::disruption_forbidden;
  }
  if (!may_restart.ok()) {
    RestoreDecision decision = refused(RestoreReason::not_eligible, std::move(may_restart.detail));
    decision.eligible = may_restart.reason;
    return decision;
  }
  if (std::string feature = unmodelled_feature(snapshot, pod); !feature.empty()) {
    return refused(RestoreReason::not_provable, std::move(feature));
  }
  if (run_time(pod, now) < policy.restore.minimum_run_time) {
    return refused(RestoreReason::runs_too_short);
  }
  return refused(RestoreReason::restored);
}

/// Whether the waiting pod fits the node once `leaving` is gone from it.
bool fits_after(const Pod& waiting, const Pod& leaving, const NodeState& node) {
  ResourceList beyond = waiting.requests;  // what it needs beyond what the leaving pod frees
  beyond.subtract(leaving.requests);
  return fits_statically(waiting, node) == FitReason::fits &&
         has_room(beyond, node) != FitReason::insufficient_resource;
}

/// Whether a pod that waits for the granted resource itself can run once `pod` has left its node.
bool is_needed(const Snapshot& snapshot, const Pod& pod, const base::Name& granted,
               const NodeState& node) {
  for (const auto& [priority, uid] : snapshot.native_demand(granted)) {
    const Pod* waiting = snapshot.find_pod(uid);
    MIGADAPTER_CHECK(waiting != nullptr);
    if (waiting->waits_for_capacity() && fits_after(*waiting, pod, node)) return true;
  }
  return false;
}

RestoreReason reason_for(GrantObstacle obstacle) {
  if (obstacle == GrantObstacle::served_by_claims) return RestoreReason::not_provable;
  return obstacle == GrantObstacle::limited ? RestoreReason::limited_namespace
                                            : RestoreReason::nothing_smaller_free;
}

RestoreDecision decide_by(const base::Name& demand, const NodeState& node, const WasteShare& waste,
                          GrantResult result) {
  if (!result.found) {
    RestoreDecision decision = refused(reason_for(result.obstacle), std::move(result.detail));
    decision.limit = result.limit;
    return decision;
  }
  FoundGrant& found = *result.found;
  RestoreDecision decision = refused(RestoreReason::restored);
  decision.reclaimed = in_slices_of(reclaimed(waste, found.share), *node.model);
  // The demand itself wastes nothing anywhere, unknown hardware included.
  const mig::Waste left =
      found.resource == demand ? mig::Waste{} : in_slices_of(found.share, *found.node->model);
  decision.grant =
      Grant{demand, found.resource, found.node->node.name, std::move(found.requests), left};
  return decision;
}

}  // namespace

std::string_view to_string(RestoreReason reason) {
  return text_of(reason).word;
}

std::string_view explain(RestoreReason reason) {
  return text_of(reason).sentence;
}

RestoreDecision restore(const Snapshot& snapshot, const Pod& pod, const RestorePolicy& policy,
                        base::WallTime now) {
  PodPolicy alone;
  alone.restore = policy;
  return restore(snapshot, pod, alone, now);
}

RestoreDecision restore(const Snapshot& snapshot, const Pod& pod, const PodPolicy& policy,
                        base::WallTime now) {
  RestoreDecision decision = check_pod(snapshot, pod, policy, now);
  if (decision.reason != RestoreReason::restored) return decision;
  const auto demand = cluster::single_resource(pod.granted->demand);
  const auto granted = cluster::single_resource(pod.mig_requests);
  MIGADAPTER_CHECK(demand && granted);
  const NodeState* node = snapshot.find_node(pod.node);
  const auto waste = node == nullptr ? std::nullopt : waste_of(*node, *demand, *granted);
  if (!waste) return refused(RestoreReason::unknown_hardware, pod.node.str());
  if (policy.restore.mode == RestoreMode::when_needed &&
      !is_needed(snapshot, pod, *granted, *node)) {
    return refused(RestoreReason::not_needed, granted->str());
  }
  // Every pod that waits for an instance itself gets it first: it has none yet.
  constexpr auto kAnyPriority = std::numeric_limits<std::int32_t>::min();
  const CandidateFilter filter{*demand, *granted,       true,
                               waste,   policy.upgrade, largest_grants(snapshot, pod)};
  const GrantSearch search{pod, filter, kAnyPriority};
  return decide_by(*demand, *node, *waste, find_grant(snapshot, search));
}

}  // namespace migadapter::decide
