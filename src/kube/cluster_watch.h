// The cluster as a stream of changes: lists, then watches, every kind that the decisions need.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/name.h"
#include "cluster/device_class.h"
#include "cluster/limit_range.h"
#include "cluster/namespace.h"
#include "cluster/node.h"
#include "cluster/owner.h"
#include "cluster/pod.h"
#include "cluster/policy.h"
#include "cluster/quota.h"
#include "cluster/replica.h"
#include "cluster/rule.h"
#include "cluster/volume.h"
#include "kube/http.h"

namespace migadapter::kube {

enum class WatchedKind {
  pods,
  nodes,
  replica_sets,
  stateful_sets,
  replication_controllers,
  resource_quotas,
  limit_ranges,
  namespaces,
  mig_policies,
  persistent_volume_claims,
  persistent_volumes,
  csi_nodes,
  device_classes,
  jobs,
  mig_rules,
  replicas,  ///< the Leases of the webhook's replicas, in our own namespace
};
inline constexpr int kWatchedKindCount = 16;
/// The plural as in paths and logs: "replicasets".
std::string_view to_string(WatchedKind kind);

/// Whether there are clusters that do not serve the kind; such a one has no objects of it.
bool is_optional(WatchedKind kind);

/// An object is gone. `key` is the uid, for what belongs to no namespace the name.
struct Removed {
  WatchedKind kind = WatchedKind::pods;
  base::Name key;
};

/// Everything that existed when the kind's list was taken has been reported, and what existed
/// before and no longer does has been reported as Removed.
struct Synced {
  WatchedKind kind = WatchedKind::pods;
};

/// Everything that happened to the kind up to this version has been reported. Told of rules only,
/// after Synced and after each batch of changes.
struct Reported {
  WatchedKind kind = WatchedKind::mig_rules;
  std::string resource_version;
};

using ClusterEvent =
    std::variant<cluster::Pod, cluster::Node, cluster::Owner, cluster::ResourceQuota,
                 cluster::LimitRange, cluster::Namespace, cluster::Policy, cluster::VolumeClaim,
                 cluster::Volume, cluster::VolumeDrivers, cluster::DeviceClass, cluster::Rule,
                 cluster::Replica, Removed, Synced, Reported>;

/// Which kinds are watched, and where the Leases are.
struct ClusterWatchOptions {
  std::vector<WatchedKind> kinds;
  std::string name_space;  ///< our own
};

/// All of them.
std::vector<WatchedKind> every_watched_kind();

/// Keeps one list-then-watch going for each kind: pages, bookmarks, 410 in both forms, half-open
/// connections, back-off. https://kubernetes.io/docs/reference/using-api/api-concepts/
class ClusterWatch {
 public:
  /// Called on the transport's thread; must not block.
  using Sink = std::function<void(ClusterEvent)>;

  virtual ~ClusterWatch() = default;  ///< stops; no event follows

  /// The moment up to which the view of every kind is known to be current: the oldest over all
  /// kinds of the last proof (an event, a bookmark, a list) while its watch is open. Nothing before
  /// the first sync and while any watch is broken. Thread-safe.
  virtual std::optional<base::MonotonicTime> current_as_of() const = 0;
};

/// What a watch works with. All outlive it.
struct ClusterWatchDoors {
  HttpTransport& transport;
  const base::Clock& clock;
  base::Logger& log;
};

std::unique_ptr<ClusterWatch> start_cluster_watch(const ClusterWatchDoors& doors,
                                                  const ClusterWatchOptions& options,
                                                  ClusterWatch::Sink sink);

}  // namespace migadapter::kube
