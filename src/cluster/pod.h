// A pod as the decisions need it: who owns it, what it asks for, where it is. Everything else is
// left with the API server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/occupant.h"
#include "cluster/opt_out.h"

namespace migadapter::cluster {

/// How a container runs, which decides how its request adds up with the others (requests.h).
enum class ContainerKind { init, sidecar, app };

/// One container's request of one MIG resource.
struct MigRequest {
  base::Name container;
  ContainerKind kind = ContainerKind::app;
  base::Name resource;  ///< nvidia.com/mig-…
  std::int64_t count = 0;
  friend bool operator==(const MigRequest&, const MigRequest&) = default;
};

/// The MIG requests of a pod in the order of its containers, init containers first.
using MigRequests = std::vector<MigRequest>;

/// The kinds of controller we know to recreate a deleted pod one for one. Everything else is
/// `other`.
enum class OwnerKind {
  replica_set,
  stateful_set,
  replication_controller,
  job,
  daemon_set,
  node,
  other
};

/// The owner reference with controller=true.
struct OwnerReference {
  OwnerKind kind = OwnerKind::other;
  base::Name kind_name;  ///< as in the reference, for people: "ReplicaSet"
  base::Name name;
  base::Name uid;
  base::Name group = {};  ///< of the API, empty for the core: "apps"
  friend bool operator==(const OwnerReference&, const OwnerReference&) = default;
};

/// What the pod's annotations say that it was asked to run with before the webhook changed it.
struct GrantRecord {
  MigRequests demand;   ///< the MIG requests of its author
  std::string rule_id;  ///< the rule that changed it; empty when another program did
  friend bool operator==(const GrantRecord&, const GrantRecord&) = default;
};

/// Why a pod must be left alone whatever else holds; found in its metadata and spec.
struct PodProtection {
  bool mirror = false;             ///< kubernetes.io/config.mirror: the kubelet owns it
  bool critical_priority = false;  ///< system-cluster-critical or system-node-critical
  bool externally_queued = false;  ///< managed by Kueue
  bool gang = false;               ///< member of a group that restarts together
  OptOuts opt_outs = {};           ///< of the pod itself
  /// For how long after its start other tools (Karpenter, cluster autoscaler, descheduler) must not
  /// restart it; max() for ever.
  base::Millis undisturbed_for{0};
  friend bool operator==(const PodProtection&, const PodProtection&) = default;
};

/// One pod. A value: copies are independent, and the store never changes one in place.
struct Pod : Occupant {
  std::string name;
  std::string resource_version;
  std::optional<OwnerReference> owner;
  base::Name completion_index;  ///< of a pod of an Indexed Job, which comes back with the same

  bool gated = false;          ///< spec.schedulingGates is not empty
  bool unschedulable = false;  ///< PodScheduled=False with reason Unschedulable
  std::int32_t priority = 0;
  base::WallTime created{};
  base::WallTime started{};  ///< status.startTime; the epoch until then

  MigRequests mig_requests;  ///< those of `requests` container by container
  int containers = 0;        ///< how many it has, init containers included
  std::optional<GrantRecord> granted;
  PodProtection protection;

  /// Waits for the scheduler to find it a node, and the scheduler has tried.
  bool waits_for_capacity() const {
    return unschedulable && !bound() && !terminating && !gated && !finished();
  }
  friend bool operator==(const Pod&, const Pod&) = default;
};

/// Whether the scheduler is to find the pod a node and has set none aside for it yet.
bool seeks_node(const Pod& pod);

/// "namespace/name".
std::string full_name(const Pod& pod);

/// The one MIG resource all of the requests name; nothing when they name none or several.
std::optional<base::Name> single_resource(const MigRequests& requests);

/// Whether the pod runs, or is to run, with other MIG resources than its author asked for.
bool is_upgraded(const Pod& pod);

/// What the pod's author asked for: the record of the grant where there is one, else the spec.
const MigRequests& demand_of(const Pod& pod);

}  // namespace migadapter::cluster
