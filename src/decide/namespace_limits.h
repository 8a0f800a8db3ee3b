// Whether the API server would admit the changed pod: ResourceQuota and LimitRange of its
// namespace.
#pragma once

#include <string>
#include <string_view>

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// What the namespace's limits say of a grant.
enum class LimitReason {
  within_limits,
  quota_exceeded,
  quota_unknown,  ///< not modelled, or not counted yet
  quota_evaded,   ///< the demand has a quota, the grant has none
  limit_range,
};
std::string_view to_string(LimitReason reason);
std::string_view explain(LimitReason reason);

struct LimitVerdict {
  LimitReason reason = LimitReason::within_limits;
  std::string detail;  ///< names the object, resource and amounts concerned, for people
  bool ok() const { return reason == LimitReason::within_limits; }
};

/// A pod that would be recreated with another grant.
struct Regrant {
  const cluster::Pod& pod;  ///< as it is
  base::Name demand;
  base::Name grant;
  const cluster::ResourceList& requests;     ///< of the changed pod
  const cluster::MigRequests& mig_requests;  ///< the same, by container
};

/// Quota is charged as the API server and the quota controller charge it: pods that terminate until
/// they are gone, and beside what exists, the pods to come of the moves under way. Where the
/// replacement is created before the pod is gone, there must be room for both.
/// https://kubernetes.io/docs/concepts/policy/resource-quotas/
LimitVerdict check_limits(const cluster::Snapshot& snapshot, const Regrant& regrant);

}  // namespace migadapter::decide
