// The controllers that recreate pods.
#pragma once

#include <cstdint>
#include <optional>

#include "base/name.h"
#include "cluster/job.h"
#include "cluster/opt_out.h"
#include "cluster/pod.h"

namespace migadapter::cluster {

/// A ReplicaSet, StatefulSet, ReplicationController or Job: enough to know whether a deleted pod
/// comes back, and with what.
struct Owner {
  OwnerKind kind = OwnerKind::other;
  base::Name name_space;
  base::Name name;
  base::Name uid;
  std::int32_t desired_replicas = 0;  ///< of a Job: spec.parallelism
  std::int32_t current_replicas = 0;  ///< status.replicas, of a Job status.active: its pods now
  bool terminating = false;
  /// Its controller has not seen its latest spec (status.observedGeneration), or, of a StatefulSet,
  /// is between two revisions: which one a new pod would get depends on its ordinal.
  bool rolling_out = false;
  bool externally_queued = false;  ///< managed by Kueue
  MigRequests
      template_requests;  ///< what the pod template asks for: the demand of every pod to come
  OptOuts opt_outs;
  std::optional<JobTerms> job;  ///< set exactly for Jobs
  friend bool operator==(const Owner&, const Owner&) = default;
};

}  // namespace migadapter::cluster
