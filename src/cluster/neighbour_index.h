// The pods that occupy nodes, by what another pod's affinity, spread or ports may ask about them.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "cluster/occupant.h"

namespace migadapter::cluster {

/// In no order. A group is one owner's pods for the most part, so that looking for one of them is
/// quick; a set would take three times the memory.
using PodGroup = std::vector<const Occupant*>;

/// Pods in groups of the same labels; nullptr for those without any. The pods of one owner share
/// theirs, so a selector is asked once for all of them.
using PodsByLabels = std::unordered_map<const Labels*, PodGroup>;

/// Pods in groups of the same constraints.
using PodsByConstraints = std::unordered_map<const Constraints*, PodGroup>;

/// Kept in step by the store; the order within groups means nothing. Pods that have finished or
/// occupy no node are in none of them.
class NeighbourIndex {
 public:
  /// Puts the pod in (+1) or takes it out (-1). REQUIRES: it stays where it is, unchanged, between
  /// the two.
  void count(const Occupant& pod, int sign);

  const std::map<base::Name, PodsByLabels>& by_namespace() const { return by_namespace_; }
  const PodsByLabels& in_namespace(const base::Name& name_space) const;

  /// Pods with required anti-affinity that names the namespace.
  const PodsByConstraints& repelling(const base::Name& name_space) const;
  /// … that selects namespaces by their labels.
  const PodsByConstraints& repelling_by_label() const { return repelling(base::Name()); }

  /// Pods that take ports of that node.
  const PodGroup& with_host_ports(const base::Name& node) const;

 private:
  std::map<base::Name, PodsByLabels> by_namespace_;
  std::map<base::Name, PodsByConstraints> repelling_;  ///< under the empty name: by label
  std::map<base::Name, PodGroup> with_host_ports_;     ///< by node
};

}  // namespace migadapter::cluster
