// The experiment of fragmentation papers: pods only come, until more has been asked for than there
// is; how much of the GPUs is in use by then?
#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine.h"

namespace migadapter::sim {

/// Every job of `workload` once, in an order by chance, then more of them by chance, until they ask
/// for `demand` times `units` together. One comes every millisecond and stays; one that fits no
/// node when it comes goes away. To be run without any delay.
Workload arrivals_only(const Workload& workload, double demand, std::int64_t units,
                       std::uint64_t seed);

/// Runs it and returns the part of the GPUs that is in use when 0, 1, 2 … percent of them have been
/// asked for: the mean over the arrivals that round to that percentage; NaN where there are none.
/// REQUIRES: one GPU unit of demand is one unit of the inventory; `workload` is from arrivals_only.
std::vector<double> allocation_by_demand(const Workload& workload, Inventory& inventory,
                                         Placement& placement, std::uint64_t seed);

}  // namespace migadapter::sim
