// What a pod demands of the pods around it: affinity, anti-affinity, spread, ports of the host.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/name.h"
#include "cluster/label_selector.h"

namespace migadapter::cluster {

/// A required term of podAffinity or podAntiAffinity: pods in the same topology, which is all nodes
/// with one value of the label `topology_key`.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
struct AffinityTerm {
  LabelSelector pods;                  ///< matchLabelKeys and mismatchLabelKeys merged in
  std::vector<base::Name> namespaces;  ///< the pod's own where the term speaks of none
  std::optional<LabelSelector> namespaces_by_label;  ///< more of them
  base::Name topology_key;
  friend bool operator==(const AffinityTerm&, const AffinityTerm&) = default;
};

/// A topologySpreadConstraint with whenUnsatisfiable: DoNotSchedule.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
struct SpreadConstraint {
  std::int64_t max_skew = 1;
  std::int64_t min_domains = 1;
  base::Name topology_key;
  LabelSelector pods;                 ///< of the pod's own namespace; matchLabelKeys merged in
  bool honours_node_affinity = true;  ///< nodes the pod may not run on by its affinity do not count
  bool honours_taints = false;        ///< … by a taint
  friend bool operator==(const SpreadConstraint&, const SpreadConstraint&) = default;
};

/// A port of the node that a container takes for itself.
struct HostPort {
  base::Name address;   ///< empty: every address, as 0.0.0.0
  base::Name protocol;  ///< never empty: "TCP"
  std::int64_t port = 0;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// Whether two pods with these ports cannot share a node.
bool conflict(const HostPort& a, const HostPort& b);

}  // namespace migadapter::cluster
