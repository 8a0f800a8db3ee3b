// Topology spread constraints with whenUnsatisfiable: DoNotSchedule.
// https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/podtopologyspread/filtering.go
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// How the pods that the constraints speak of are spread now. Nothing is counted for a pod without
/// such constraints; otherwise it costs a walk over the nodes.
class TopologySpread {
 public:
  TopologySpread(const cluster::Snapshot& snapshot, const cluster::Pod& pod);

  /// Whether the pod on that node would keep every constraint.
  bool allows(const cluster::Node& node) const;

 private:
  /// Pods in one domain: all nodes with one value of the topology key.
  struct Count {
    std::int64_t sure = 0;
    std::int64_t maybe = 0;  ///< nominated, so they may come
  };
  /// The domains of one constraint, by the label's value.
  using Domains = std::map<base::Name, Count>;

  bool has_all_keys(const cluster::Node& node) const;
  bool is_eligible(const cluster::SpreadConstraint& spread, const cluster::Node& node) const;
  Domains domains_of(const cluster::SpreadConstraint& spread) const;
  void count_pods(const cluster::SpreadConstraint& spread, Domains& domains) const;
  bool allows(const cluster::SpreadConstraint& spread, const Domains& domains,
              const base::Name& value) const;

  const cluster::Snapshot& snapshot_;
  const cluster::Pod& pod_;
  std::vector<Domains> domains_;  ///< one for each constraint
};

}  // namespace migadapter::decide
