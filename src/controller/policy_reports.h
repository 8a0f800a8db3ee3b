// Keeps the status of every policy up to date.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "base/name.h"
#include "cluster/snapshot.h"
#include "decide/policy_status.h"
#include "kube/cluster_writer.h"

namespace migadapter::controller {

/// What was seen of each policy's pods in one sweep, by the policy's name.
using ObservedByPolicy = std::map<base::Name, decide::Observed>;

/// Writes a status where it differs from what the object has. Confined to one thread.
class PolicyReports {
 public:
  PolicyReports(kube::ClusterWriter& writer, const base::Clock& clock)
      : writer_(writer), clock_(clock) {}

  /// REQUIRES: this process is the one that acts.
  void report(const cluster::Snapshot& snapshot, const ObservedByPolicy& observed);
  /// The policy is gone.
  void forget(const base::Name& policy_uid) { written_.erase(policy_uid); }

 private:
  /// A write whose outcome the watch has not shown yet, or has.
  struct Written {
    std::string resource_version;  ///< of the policy that was written to
    base::MonotonicTime when;
  };
  bool may_write(const cluster::Policy& policy) const;

  kube::ClusterWriter& writer_;
  const base::Clock& clock_;
  std::unordered_map<base::Name, Written> written_;  ///< by uid
};

}  // namespace migadapter::controller
