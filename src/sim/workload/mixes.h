// Synthetic workloads: four mixes of sizes at a given load.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/scenario.h"

namespace migadapter::sim {

/// How often each size is asked for.
enum class Mix {
  uniform,     ///< each equally often
  skew_small,  ///< of n sizes the smallest n times as often as the largest, in equal steps
  skew_big,    ///< the other way round
  bimodal,     ///< the smallest and the largest 40 % each, the others share the rest
};

/// "skew-small"; nothing when there is none of that name.
std::optional<Mix> find_mix(std::string_view name);
std::string_view to_string(Mix mix);

struct MixOptions {
  Mix mix = Mix::uniform;
  double load = 1;  ///< slices that are asked for, over time, as a part of the cluster's
  int jobs = 2'000;
  Time mean_run_time{600'000};
  SpeedModel speed = SpeedModel::training;
  Time patience = kNever;
  std::uint64_t seed = 0;
};

/// Jobs for the base profiles of the cluster's GPU model, with exponential gaps and run times.
/// REQUIRES: load > 0, jobs > 0.
Workload make_mix(const ClusterSpec& cluster, const MixOptions& options);

}  // namespace migadapter::sim
