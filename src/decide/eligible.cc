#include "decide/eligible.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "decide/job.h"
#include "decide/opt_out.h"

namespace migadapter::decide {
namespace {

using cluster::Owner;
using cluster::OwnerKind;
using cluster::Pod;
using cluster::PodProtection;
using cluster::Snapshot;

EligibleReason check_state(const Pod& pod) {
  if (pod.terminating) return EligibleReason::terminating;
  if (pod.gated) return EligibleReason::gated;
  return EligibleReason::eligible;
}

/// The webhook is never asked about pods of kube-system, which must start whatever happens to us.
EligibleReason check_namespace(const Snapshot& snapshot, const Pod& pod) {
  const base::Name& own = snapshot.declared().own_namespace;
  const bool is_own = !own.empty() && pod.name_space == own;
  if (is_own || pod.name_space == "kube-system") return EligibleReason::protected_namespace;
  const cluster::Namespace* name_space = snapshot.find_namespace(pod.name_space);
  const bool takes_pods = name_space != nullptr && !name_space->terminating;
  return takes_pods ? EligibleReason::eligible : EligibleReason::namespace_missing;
}

bool is_declared(const Snapshot& snapshot, const cluster::OwnerReference& owner) {
  const auto& declared = snapshot.declared().recreating_owners;
  return std::any_of(declared.begin(), declared.end(), [&owner](const cluster::OwnerType& type) {
    return owner.group == type.group && owner.kind_name == type.kind;
  });
}

EligibleVerdict check_other_owner(const Snapshot& snapshot, const cluster::OwnerReference& owner) {
  if (is_declared(snapshot, owner)) return {};
  return {EligibleReason::unknown_owner, owner.group.str() + "/" + owner.kind_name.str()};
}

/// Who would recreate the pod, and at what price (facts: the controllers' own documentation,
/// https://kubernetes.io/docs/concepts/workloads/controllers/).
EligibleVerdict check_owner_kind(const Snapshot& snapshot, const Pod& pod) {
  if (pod.protection.mirror) return {EligibleReason::mirror_pod, {}};
  if (!pod.owner) return {EligibleReason::no_owner, {}};
  switch (pod.owner->kind) {
    case OwnerKind::replica_set:
    case OwnerKind::stateful_set:
    case OwnerKind::replication_controller:
    case OwnerKind::job:
      return {};
    case OwnerKind::node:
      return {EligibleReason::mirror_pod, {}};
    case OwnerKind::daemon_set:
      return {EligibleReason::daemon_set_pod, {}};
    case OwnerKind::other:
      return check_other_owner(snapshot, *pod.owner);
  }
  MIGADAPTER_CHECK(false);
  return {};
}

EligibleReason check_protection(const PodProtection& protection) {
  if (protection.critical_priority) return EligibleReason::critical_priority;
  if (protection.externally_queued) return EligibleReason::externally_queued;
  if (protection.gang) return EligibleReason::gang_member;
  return EligibleReason::eligible;
}

EligibleReason check_owner(const Owner* owner, const Pod& pod, Move move) {
  if (owner == nullptr || owner->terminating) return EligibleReason::owner_missing;
  if (owner->externally_queued) return EligibleReason::externally_queued;
  const bool wants_fewer = owner->current_replicas > owner->desired_replicas;
  if (wants_fewer || owner->desired_replicas == 0) return EligibleReason::owner_scaling_down;
  if (owner->rolling_out) return EligibleReason::owner_rolling_out;
  if (owner->template_requests != cluster::demand_of(pod)) return EligibleReason::template_differs;
  return owner->job ? check_job(*owner, pod, move) : EligibleReason::eligible;
}

EligibleReason check_profile(const Pod& pod) {
  const cluster::MigRequests& demand = cluster::demand_of(pod);
  if (demand.empty()) return EligibleReason::no_profile;
  const bool one_profile =
      cluster::single_resource(demand) && cluster::single_resource(pod.mig_requests);
  return one_profile ? EligibleReason::eligible : EligibleReason::several_profiles;
}

}  // namespace

EligibleVerdict eligible(const Snapshot& snapshot, const Pod& pod, Move move) {
  const auto forbids = [](EligibleReason reason) { return reason != EligibleReason::eligible; };
  if (const auto reason = check_state(pod); forbids(reason)) return {reason, {}};
  if (const auto reason = check_namespace(snapshot, pod); forbids(reason)) return {reason, {}};
  if (EligibleVerdict owner = check_owner_kind(snapshot, pod); !owner.ok()) return owner;
  if (const auto reason = check_protection(pod.protection); forbids(reason)) return {reason, {}};
  if (EligibleVerdict said = check_opt_outs(snapshot, pod, move); !said.ok()) return said;
  // A declared controller is not watched: that it recreates the pod is taken on the user's word.
  if (pod.owner->kind != OwnerKind::other) {
    const Owner* owner = snapshot.find_owner(pod.owner->uid);
    if (const auto reason = check_owner(owner, pod, move); forbids(reason)) return {reason, {}};
  }
  return {check_profile(pod), {}};
}

bool is_undisturbed(const Pod& pod, base::WallTime now) {
  const base::Millis time = pod.protection.undisturbed_for;
  if (time == base::Millis{0}) return false;
  const bool started = pod.started != base::WallTime{};
  return !started || time == base::Millis::max() || now - pod.started < time;
}

}  // namespace migadapter::decide
