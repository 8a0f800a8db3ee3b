// Upgrade: a pod that waits for a scarce profile gets a larger idle one; a pod that waits for a
// grant which is no longer free gets another one, or its demand.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cluster/snapshot.h"
#include "decide/eligible.h"
#include "decide/namespace_limits.h"
#include "decide/policy.h"
#include "mig/safe_upgrade.h"

namespace migadapter::decide {

/// Why a pending pod is upgraded or left alone.
enum class UpgradeReason {
  upgraded,
  not_waiting,  ///< bound, gated, terminating, or not yet tried by the scheduler
  nominated,    ///< preemption or a slow bind is under way
  policy_off,
  policy_suspended,
  policy_invalid,
  fits_now,           ///< the scheduler will place it as it is
  not_eligible,       ///< see UpgradeDecision::eligible
  not_provable,       ///< uses a feature that we do not model
  limited_namespace,  ///< see UpgradeDecision::limit
  waits_first,        ///< the policy wants pods to wait for a while
  unknown_hardware,   ///< no node of a known GPU model could take it
  nothing_larger_free,
  larger_not_allowed,  ///< an opt-out names a largest grant
  wanted_by_others,    ///< the larger instances are asked for by pods of equal or higher priority
  no_node_fits,        ///< larger instances are free, but on nodes the pod cannot run on
  not_allowed,         ///< larger instances are free, but the policy allows none of them
  budget_spent,        ///< told by the controller: the policy allows no further move now
};
std::string_view to_string(UpgradeReason reason);
std::string_view explain(UpgradeReason reason);

/// What a pod is to run with instead, and the node that proves it possible.
struct Grant {
  base::Name demand;  ///< resource
  base::Name grant;   ///< resource
  base::Name node;
  cluster::ResourceList requests;  ///< of the patched pod, all resources
  mig::Waste waste;                ///< per device
};

struct UpgradeDecision {
  UpgradeReason reason = UpgradeReason::not_waiting;
  EligibleReason eligible = EligibleReason::eligible;
  LimitReason limit = LimitReason::within_limits;  ///< why, where the namespace is limited
  std::optional<Grant> grant;                      ///< present exactly when upgraded
  std::string detail;                ///< names the feature, resource or node concerned; for people
  std::optional<base::Millis> wait;  ///< present exactly when it waits first: how much longer
};

/// Decides about one pod by its demand. One that waits for an earlier grant may be given any other,
/// the demand itself first: that room was promised to it says nothing once the room is gone. Pure:
/// the same arguments give the same answer. Without a policy: as if none selected the pod. What the
/// policy only observes is decided as if it enforced.
UpgradeDecision upgrade(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                        const PodPolicy& policy = {}, base::WallTime now = {});

}  // namespace migadapter::decide
