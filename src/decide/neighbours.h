// What the pods and volumes of the cluster mean for one pod: where they draw it, where they keep it
// off.
#pragma once

#include "cluster/snapshot.h"
#include "decide/fit.h"
#include "decide/pod_affinity.h"
#include "decide/topology_spread.h"

namespace migadapter::decide {

/// Worked out once for a pod that is to be placed anew, then asked for each node. Whoever may be
/// there counts where that keeps the pod off, and only who surely is where it draws it
/// (presence.h). Valid as long as pod and snapshot stay as they are.
class Neighbours {
 public:
  Neighbours(const cluster::Snapshot& snapshot, const cluster::Pod& pod);

  /// The first filter that the node fails: ports, affinity, anti-affinity, spread, volumes; `fits`
  /// when it passes them all.
  FitReason judge(const cluster::NodeState& node) const;

 private:
  const cluster::Snapshot& snapshot_;
  const cluster::Pod& pod_;
  bool unsettled_;
  PodAffinity affinity_;
  TopologySpread spread_;
};

/// fits() with the neighbours, for a pod as it would be after a patch.
FitReason fits(const Neighbours& neighbours, const cluster::Pod& pod,
               const cluster::NodeState& state);

}  // namespace migadapter::decide
