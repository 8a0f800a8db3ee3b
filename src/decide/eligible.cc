#include "decide/eligible.h"

#include "base/check.h"

namespace migadapter::decide {
namespace {

using cluster::Owner;
using cluster::OwnerKind;
using cluster::Pod;
using cluster::PodProtection;

struct Text {
  std::string_view word;
  std::string_view sentence;
};

Text text_of(EligibleReason reason) {
  switch (reason) {
    case EligibleReason::eligible:
      return {"Eligible", "The pod may be restarted."};
    case EligibleReason::terminating:
      return {"Terminating", "The pod is being deleted already."};
    case EligibleReason::gated:
      return {"Gated", "The pod has scheduling gates: its author does not want it to run yet."};
    case EligibleReason::no_owner:
      return {"NoOwner",
              "The pod has no controller, so nothing would recreate it; run it in a Deployment."};
    case EligibleReason::mirror_pod:
      return {"MirrorPod", "The pod is a static pod of a kubelet, which the API cannot restart."};
    case EligibleReason::daemon_set_pod:
      return {"DaemonSetPod", "A DaemonSet pins its pods to their nodes."};
    case EligibleReason::job_pod:
      return {"JobPod", "A Job would count the restart as a failure of its pod."};
    case EligibleReason::unknown_owner:
      return {"UnknownOwner",
              "Only pods of a ReplicaSet, StatefulSet or ReplicationController are known to come "
              "back one for one."};
    case EligibleReason::critical_priority:
      return {"CriticalPriority", "The pod has a system-critical priority class."};
    case EligibleReason::externally_queued:
      return {"ExternallyQueued",
              "Kueue has admitted the pod with the quota of the resource it asks for."};
    case EligibleReason::gang_member:
      return {"GangMember", "The pod belongs to a group that restarts together."};
    case EligibleReason::opted_out:
      return {"OptedOut", "An annotation of the pod or its owner disables this move."};
    case EligibleReason::disruption_forbidden:
      return {"DisruptionForbidden",
              "An annotation for Karpenter or the cluster autoscaler forbids restarting the pod."};
    case EligibleReason::owner_missing:
      return {"OwnerMissing", "The pod's controller is unknown or being deleted."};
    case EligibleReason::owner_scaling_down:
      return {"OwnerScalingDown",
              "The pod's controller has more pods than it wants, so it may not replace this one."};
    case EligibleReason::template_differs:
      return {"TemplateDiffers",
              "The controller's template asks for other MIG resources than the pod: a rollout is "
              "under way."};
    case EligibleReason::several_profiles:
      return {"SeveralProfiles",
              "The pod asks for several MIG profiles; only pods of one profile are moved."};
    case EligibleReason::no_profile:
      return {"NoProfile", "The pod asks for no MIG profile."};
  }
  MIGADAPTER_CHECK(false);
  return {};
}

EligibleReason check_state(const Pod& pod) {
  if (pod.terminating) return EligibleReason::terminating;
  if (pod.gated) return EligibleReason::gated;
  return EligibleReason::eligible;
}

/// Who would recreate the pod, and at what price (facts: the controllers' own documentation,
/// https://kubernetes.io/docs/concepts/workloads/controllers/).
EligibleReason check_owner_kind(const Pod& pod) {
  if (pod.protection.mirror) return EligibleReason::mirror_pod;
  if (!pod.owner) return EligibleReason::no_owner;
  switch (pod.owner->kind) {
    case OwnerKind::replica_set:
    case OwnerKind::stateful_set:
    case OwnerKind::replication_controller:
      return EligibleReason::eligible;
    case OwnerKind::node:
      return EligibleReason::mirror_pod;
    case OwnerKind::daemon_set:
      return EligibleReason::daemon_set_pod;
    case OwnerKind::job:
      return EligibleReason::job_pod;
    case OwnerKind::other:
      return EligibleReason::unknown_owner;
  }
  MIGADAPTER_CHECK(false);
  return {};
}

/// What other tools forbid counts for a pod that runs: an upgrade restarts one that has not begun.
EligibleReason check_protection(const PodProtection& protection, Move move) {
  const bool disabled =
      move == Move::upgrade ? protection.upgrade_disabled : protection.restore_disabled;
  if (protection.critical_priority) return EligibleReason::critical_priority;
  if (protection.externally_queued) return EligibleReason::externally_queued;
  if (protection.gang) return EligibleReason::gang_member;
  if (disabled) return EligibleReason::opted_out;
  if (move == Move::restore && protection.disruption_forbidden) {
    return EligibleReason::disruption_forbidden;
  }
  return EligibleReason::eligible;
}

EligibleReason check_owner(const Owner* owner, const Pod& pod, Move move) {
  if (owner == nullptr || owner->terminating) return EligibleReason::owner_missing;
  const bool disabled = move == Move::upgrade ? owner->upgrade_disabled : owner->restore_disabled;
  if (disabled) return EligibleReason::opted_out;
  const bool wants_fewer = owner->current_replicas > owner->desired_replicas;
  if (wants_fewer || owner->desired_replicas == 0) return EligibleReason::owner_scaling_down;
  if (owner->template_requests != cluster::demand_of(pod)) return EligibleReason::template_differs;
  return EligibleReason::eligible;
}

EligibleReason check_profile(const Pod& pod) {
  const cluster::MigRequests& demand = cluster::demand_of(pod);
  if (demand.empty()) return EligibleReason::no_profile;
  const bool one_profile =
      cluster::single_resource(demand) && cluster::single_resource(pod.mig_requests);
  return one_profile ? EligibleReason::eligible : EligibleReason::several_profiles;
}

}  // namespace

std::string_view to_string(EligibleReason reason) {
  return text_of(reason).word;
}

std::string_view explain(EligibleReason reason) {
  return text_of(reason).sentence;
}

EligibleReason eligible(const cluster::Snapshot& snapshot, const Pod& pod, Move move) {
  constexpr EligibleReason kEligible = EligibleReason::eligible;
  if (const auto reason = check_state(pod); reason != kEligible) return reason;
  if (const auto reason = check_owner_kind(pod); reason != kEligible) return reason;
  if (const auto reason = check_protection(pod.protection, move); reason != kEligible) {
    return reason;
  }
  const Owner* owner = snapshot.find_owner(pod.owner->uid);
  if (const auto reason = check_owner(owner, pod, move); reason != kEligible) return reason;
  return check_profile(pod);
}

}  // namespace migadapter::decide
