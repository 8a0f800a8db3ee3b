// What a pod demands of a node's taints and labels, by the scheduler's own definitions.
#pragma once

#include "cluster/constraints.h"
#include "cluster/node.h"

namespace migadapter::decide {

/// https://github.com/kubernetes/api/blob/master/core/v1/toleration.go
bool tolerates(const std::vector<cluster::Toleration>& tolerations, const cluster::Taint& taint);

/// Whether every NoSchedule and NoExecute taint of the node is tolerated.
bool tolerates_node(const std::vector<cluster::Toleration>& tolerations, const cluster::Node& node);

/// spec.nodeSelector: all of its labels with their values.
bool matches_node_selector(const cluster::Labels& selector, const cluster::Node& node);

/// Required node affinity: one of the terms, and of that term every expression.
/// https://github.com/kubernetes/component-helpers/tree/master/scheduling/corev1/nodeaffinity
bool matches_node_affinity(const std::vector<cluster::NodeSelectorTerm>& terms,
                           const cluster::Node& node);

/// nodeSelector and required node affinity together.
bool matches_placement(const cluster::Constraints& constraints, const cluster::Node& node);

}  // namespace migadapter::decide
