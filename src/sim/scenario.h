// A cluster, a workload and how long things take: what policies are compared on.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine.h"
#include "sim/policy.h"
#include "sim/scheduler.h"

namespace migadapter::sim {

/// Nodes alike.
struct ClusterSpec {
  const mig::GpuModel* model = nullptr;  ///< REQUIRES: one whose profiles are known
  /// Of the GPUs of the first node, of the second and so on, then from the beginning, where a
  /// policy takes them as given. REQUIRES: not empty, each is legal.
  std::vector<mig::Geometry> geometries;
  int nodes = 1;
  int gpus_per_node = 8;
  std::int64_t cpu_milli_per_node = 256'000;
  std::int64_t memory_mib_per_node = std::int64_t{2} << 20;
  std::int64_t pods_per_node = 110;
};

struct Scenario {
  const Workload& workload;
  ClusterSpec cluster;
  Delays delays;
  ScoringStrategy scoring = ScoringStrategy::least_allocated;
};

/// An idle cluster whose GPUs are cut as the policy wants them.
Inventory make_inventory(const ClusterSpec& cluster, const Kinds& kinds, Cutting cutting);

/// One run of the workload under the policy.
Outcome run_policy(const Scenario& scenario, const Policy& policy, std::uint64_t seed);

}  // namespace migadapter::sim
