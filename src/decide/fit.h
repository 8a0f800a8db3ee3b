// Whether a pod would fit a node, by the scheduler's own arithmetic and filters.
// https://github.com/kubernetes/kubernetes/tree/master/pkg/scheduler/framework/plugins
#pragma once

#include <string>
#include <string_view>

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// The first filter that a node fails, in the order they are asked.
enum class FitReason {
  fits,
  node_cordoned,
  node_repartitioning,
  untolerated_taint,
  selector_mismatch,
  affinity_mismatch,
  insufficient_resource,
  too_many_pods,
  neighbour_moving,
  host_port_taken,
  pod_affinity_mismatch,
  pod_anti_affinity,
  spread_skewed,
  volume_elsewhere,
  volumes_limited,
};
inline constexpr int kFitReasonCount = 15;

/// Reason as one word for metrics and Events ("InsufficientResource") and as a sentence for people.
std::string_view to_string(FitReason reason);
std::string_view explain(FitReason reason);

/// Filters that do not depend on what else runs: cordon, taints, node selector, required node
/// affinity.
FitReason fits_statically(const cluster::Pod& pod, const cluster::NodeState& state);

/// Whether `requests` and one more pod fit beside what the node already holds. Extended resources
/// count as plain integers.
FitReason has_room(const cluster::ResourceList& requests, const cluster::NodeState& state);

/// Both, for the pod asking for `requests`. The pods around it come on top: neighbours.h.
FitReason fits(const cluster::Pod& pod, const cluster::ResourceList& requests,
               const cluster::NodeState& state);

/// Whether the pod fits some node of the cluster right now as it stands.
bool fits_somewhere(const cluster::Snapshot& snapshot, const cluster::Pod& pod);

/// The first thing about the pod that our predicates do not model, for people; empty when all of it
/// is modelled. A pod that is not provable is never moved.
std::string unmodelled_feature(const cluster::Snapshot& snapshot, const cluster::Pod& pod);

}  // namespace migadapter::decide
