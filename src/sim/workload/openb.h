// The pods and nodes of a production cluster with shared GPUs: Alibaba's trace gpu-v2023 ("openb").
// data/traces/README.md has its origin, licence and columns.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sim/inventory.h"
#include "sim/workload.h"

namespace migadapter::sim {

/// The nodes, in the file's order.
base::Result<std::vector<NodeSpec>> load_openb_nodes(const std::string& path);

/// The GPU models of the nodes, in the order of their names.
std::vector<std::string> models_of(const std::vector<NodeSpec>& nodes);

/// Every pod with the part of a GPU that it asked for, and the GPU models that it may run on: those
/// of `models` that it names, all where it names none.
base::Result<Workload> load_openb_shares(const std::string& path,
                                         const std::vector<std::string>& models);

/// How pods of the trace become pods that ask for MIG profiles.
struct OpenbMapping {
  const mig::GpuModel& model;
  SpeedModel speed = SpeedModel::training;
  Time patience = kNever;       ///< of pods that found a node in the trace
  bool single_gpu_only = true;  ///< pods that ask for no GPU or for several are left out
};

/// "ceil-compute": the smallest plain profile that has at least the part of the GPU's compute that
/// the pod asked for; whole GPUs for those that asked for more than one. Constraints on GPU models
/// are dropped. A pod that never found a node in the trace runs as long as the middle one of those
/// that did, and has its own life there as its patience.
base::Result<Workload> load_openb_profiles(const std::string& path, const OpenbMapping& mapping);

}  // namespace migadapter::sim
