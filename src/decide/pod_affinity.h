// Required inter-pod affinity and anti-affinity, in both directions.
// https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/interpodaffinity/filtering.go
#pragma once

#include <map>
#include <set>

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// What the terms of the pod and of the pods around it say of each node.
class PodAffinity {
 public:
  PodAffinity(const cluster::Snapshot& snapshot, const cluster::Pod& pod);

  /// Whether a pod that matches all affinity terms surely runs in the node's topology of each of
  /// them, or the pod is the first of a series that have affinity to themselves.
  bool is_drawn_to(const cluster::Node& node) const;

  /// Whether an anti-affinity term, the pod's own or one of a pod that may be there, keeps it off.
  bool is_kept_off(const cluster::Node& node) const;

 private:
  /// Values of node labels, by their key.
  using Topologies = std::map<base::Name, std::set<base::Name>>;

  void find_company();
  void take_company(const cluster::PodGroup& pods);
  bool is_sure_company(const cluster::Occupant& other) const;
  void keep_off_matching_pods();
  void keep_off_where_repelled(const cluster::PodsByConstraints& repelling);
  void keep_off(const cluster::Occupant& other, const base::Name& topology_key);
  bool may_be_first(const cluster::Node& node) const;

  const cluster::Snapshot& snapshot_;
  const cluster::Pod& pod_;
  Topologies company_;    ///< where the pods are that all affinity terms ask for
  bool is_alone_ = true;  ///< no other pod may be there that matches all affinity terms
  Topologies forbidden_;
};

}  // namespace migadapter::decide
