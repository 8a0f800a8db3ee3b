// The controllers that recreate pods.
#pragma once

#include <cstdint>

#include "base/name.h"
#include "cluster/pod.h"

namespace migadapter::cluster {

/// A ReplicaSet, StatefulSet or ReplicationController: enough to know whether a deleted pod comes
/// back, and with what.
struct Owner {
  OwnerKind kind = OwnerKind::other;
  base::Name name_space;
  base::Name name;
  base::Name uid;
  std::int32_t desired_replicas = 0;
  std::int32_t current_replicas = 0;  ///< status.replicas: how many pods it has now
  bool terminating = false;
  MigRequests
      template_requests;  ///< what the pod template asks for: the demand of every pod to come
  bool upgrade_disabled = false;
  bool restore_disabled = false;
  friend bool operator==(const Owner&, const Owner&) = default;
};

}  // namespace migadapter::cluster
