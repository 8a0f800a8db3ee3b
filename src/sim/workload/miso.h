// The hundred training jobs of MISO (Li et al., SoCC 2022), with the speed of each on every slice.
// data/traces/README.md has their origin and licence.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sim/workload.h"

namespace migadapter::sim {

/// The jobs of the folder's trace_100.json, each asking for the smallest slice of an A100 40GB that
/// its memory fits and running at its own measured speeds. As in MISO's run.py they come at
/// exponential gaps of 60 s on the average, the first third at 30 s.
base::Result<Workload> load_miso(const std::string& folder, std::uint64_t seed);

}  // namespace migadapter::sim
