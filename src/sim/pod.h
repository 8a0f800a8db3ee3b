// One pod of a job: from its creation until its devices are free again.
#pragma once

#include "sim/inventory.h"
#include "sim/workload.h"

namespace migadapter::sim {

enum class PodPhase {
  waiting,      ///< for the scheduler to find it a node
  starting,     ///< bound; kubelet and device plugin prepare it
  running,      ///< working
  terminating,  ///< evicted, and holds its devices until its grace is over
  gone,
};

/// Where a job is restarted, its next pod is another one, as in a cluster.
struct Pod {
  int id = 0;
  int job = 0;
  KindId grant = kNoKind;  ///< the device it asks for, which need not be its job's demand
  int move = -1;           ///< what made it ask for that; -1: it is as its author wrote it
  PodPhase phase = PodPhase::waiting;
  bool unschedulable = false;  ///< the scheduler has tried
  Time created{0};
  Time started{0};  ///< meaningful from `running` on
  Place place;      ///< meaningful while it holds one
};

/// What it asks of its node.
inline Demand demand_of(const Pod& pod, const Job& job) {
  Demand demand = job.demand;
  demand.kind = pod.grant;
  return demand;
}

}  // namespace migadapter::sim
