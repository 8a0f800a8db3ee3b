// What happens to a cluster: jobs that come, ask for devices, and go when their work is done.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sim/demand.h"
#include "sim/speed.h"

namespace migadapter::sim {

/// Virtual time since the beginning of a run.
using Time = base::Millis;
inline constexpr Time kNever{std::numeric_limits<Time::rep>::max()};

/// One workload of one pod at a time. Where it is restarted a new pod takes over its work.
struct Job {
  std::string name;
  std::string owner;  ///< jobs of one owner are paced together; empty: an owner of its own
  Time arrives{0};
  Demand demand;
  Time run_time{0};        ///< with the device it asks for; kNever: it stays
  SpeedCurve curve;        ///< how the run time follows the device it gets
  Time patience = kNever;  ///< it goes away when it has waited so long for its first start
  std::int32_t priority = 0;
};

/// A list of jobs with the words that any result of it must be shown with.
struct Workload {
  std::string name;
  std::string mapping;  ///< how its source was turned into demands
  Kinds kinds;
  std::vector<Job> jobs;  ///< by arrival
};

/// A demand as it comes up in a workload.
struct TypicalDemand {
  Demand demand;
  double share = 0;  ///< of all jobs; all together 1
};

/// The most frequent demands that together make up at least `coverage` of the jobs.
std::vector<TypicalDemand> typical_demands(const std::vector<Job>& jobs, double coverage);

}  // namespace migadapter::sim
