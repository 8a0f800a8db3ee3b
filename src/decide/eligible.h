// Which pods may be restarted at all.
#pragma once

#include <string_view>

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// Why a pod must not be evicted for an upgrade or a restore, whatever free instances there are.
enum class EligibleReason {
  eligible,
  terminating,
  gated,
  no_owner,
  mirror_pod,
  daemon_set_pod,
  job_pod,
  unknown_owner,
  critical_priority,
  externally_queued,
  gang_member,
  opted_out,
  disruption_forbidden,
  owner_missing,
  owner_scaling_down,
  template_differs,
  several_profiles,
  no_profile,
};

std::string_view to_string(EligibleReason reason);
std::string_view explain(EligibleReason reason);

enum class Move { upgrade, restore };

/// The first rule that forbids the move, or `eligible`.
EligibleReason eligible(const cluster::Snapshot& snapshot, const cluster::Pod& pod, Move move);

}  // namespace migadapter::decide
