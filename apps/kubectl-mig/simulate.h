// kubectl mig simulate: what a workload would go through on a cluster under different policies.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sim/report/report.h"

namespace migadapter::app {

enum class OutputFormat { text, json };

/// What `kubectl mig simulate` was told.
struct SimulateFlags {
  std::string workload = "uniform";
  std::string traces = "data/traces";
  std::vector<std::string> policies;  ///< empty: all
  std::string gpu_model = "A100-40GB";
  int nodes = 1;
  int gpus_per_node = 8;
  /// Profiles of each GPU of the first node, of the second and so on; empty: all-balanced.
  std::vector<std::string> geometries;
  double load = 1;
  int jobs = 2'000;
  double run_seconds = 600;
  double patience_seconds = 0;  ///< 0: for ever
  double restart_seconds = 30;
  double device_seconds = 0;
  std::string speed = "training";
  std::string scoring = "least-allocated";
  std::uint64_t seed = 1;
  OutputFormat output = OutputFormat::text;
};

/// Runs every policy. Errors name the flag or the file.
base::Result<sim::Report> simulate(const SimulateFlags& flags);

}  // namespace migadapter::app
