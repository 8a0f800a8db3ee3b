// Restore: an upgraded pod goes back to a smaller grant, down to its demand, when one frees up.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cluster/snapshot.h"
#include "decide/eligible.h"
#include "decide/policy.h"
#include "decide/upgrade.h"

namespace migadapter::decide {

using cluster::RestoreMode;
using cluster::RestorePolicy;

enum class RestoreReason {
  restored,
  not_upgraded,
  not_running,
  policy_off,
  policy_suspended,
  policy_invalid,
  mode_never,
  not_needed,
  runs_too_short,
  not_eligible,
  not_provable,
  limited_namespace,
  unknown_hardware,
  nothing_smaller_free,
};
std::string_view to_string(RestoreReason reason);
std::string_view explain(RestoreReason reason);

struct RestoreDecision {
  RestoreReason reason = RestoreReason::not_upgraded;
  EligibleReason eligible = EligibleReason::eligible;
  LimitReason limit = LimitReason::within_limits;  ///< why, where the namespace is limited
  std::optional<Grant> grant;                      ///< present exactly when restored
  mig::Waste reclaimed;  ///< the waste that ends, per device, in slices of the pod's node
  std::string detail;    ///< names the feature, resource or node concerned; for people
};

/// Decides about one pod, by itself. The instance it runs on counts as taken: a smaller one must be
/// free now. Pods that wait for that one themselves, of whatever priority, are served before. What
/// the policy only observes is decided as if it enforced; its hysteresis is for the caller to keep.
RestoreDecision restore(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                        const PodPolicy& policy, base::WallTime now);

/// The same without any policy but this.
RestoreDecision restore(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                        const RestorePolicy& policy, base::WallTime now);

struct NextRestore {
  base::Name pod_uid;
  RestoreDecision decision;
};

/// The one restore to do next: the one that reclaims the most waste, then the oldest pod. Pods for
/// which `held` is true (their owner has a move in flight or backs off) are passed over. Looks for
/// an instance only for pods that could get one, the most promising first. Each pod's own policy
/// holds, `defaults` where it says nothing.
std::optional<NextRestore> next_restore(const cluster::Snapshot& snapshot,
                                        const RestorePolicy& defaults, base::WallTime now,
                                        const std::function<bool(const cluster::Pod&)>& held);

}  // namespace migadapter::decide
