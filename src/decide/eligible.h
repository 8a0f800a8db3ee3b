// Which pods may be restarted at all.
#pragma once

#include <string>
#include <string_view>

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// Why a pod must not be evicted for an upgrade or a restore, whatever free instances there are.
enum class EligibleReason {
  eligible,
  terminating,
  gated,
  protected_namespace,
  namespace_missing,
  no_owner,
  mirror_pod,
  daemon_set_pod,
  job_counts_failure,
  job_managed_elsewhere,
  job_not_active,
  unknown_owner,
  critical_priority,
  externally_queued,
  gang_member,
  opted_out,
  unreadable_opt_out,
  disruption_forbidden,
  owner_missing,
  owner_scaling_down,
  owner_rolling_out,
  template_differs,
  several_profiles,
  no_profile,
};

std::string_view to_string(EligibleReason reason);
std::string_view explain(EligibleReason reason);

/// Whether a pod may be restarted, and what decided it.
struct EligibleVerdict {
  EligibleReason reason = EligibleReason::eligible;
  std::string detail;  ///< names the annotation or object concerned, for people; may be empty
  bool ok() const { return reason == EligibleReason::eligible; }
};

enum class Move { upgrade, restore };

/// The first rule that forbids the move, or `eligible`. What other tools forbid is not asked: see
/// is_undisturbed.
EligibleVerdict eligible(const cluster::Snapshot& snapshot, const cluster::Pod& pod, Move move);

/// Whether an annotation for Karpenter, the cluster autoscaler or the descheduler forbids now to
/// restart the pod if it runs. An upgrade restarts a pod that has not begun, a restore one that
/// has.
bool is_undisturbed(const cluster::Pod& pod, base::WallTime now);

}  // namespace migadapter::decide
