// What came of a run.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/workload.h"

namespace migadapter::sim {

/// What became of one job. Moments are nothing where the thing never happened.
struct JobOutcome {
  Time arrived{0};
  std::optional<Time> started;   ///< for the first time
  std::optional<Time> finished;  ///< its work was done
  std::optional<Time> left;      ///< it lost patience
  int upgrades = 0;              ///< moves to more than it had asked for
  int restores = 0;              ///< moves to less than it had
  int restarts = 0;              ///< moves that interrupted it at work
  friend bool operator==(const JobOutcome&, const JobOutcome&) = default;
};

/// What is counted at any moment; in an outcome the sum of that over milliseconds. Slices are the
/// units of the GPUs: memory slices, or thousandths of a shared one.
struct Quantities {
  std::int64_t present_jobs = 0;
  std::int64_t waiting_jobs = 0;      ///< not yet started for the first time
  std::int64_t allocated_slices = 0;  ///< held by pods
  std::int64_t useful_slices = 0;     ///< of those, what jobs at work had asked for
  std::int64_t unusable_slices = 0;   ///< free, but no device of any kind can be made of them
  std::int64_t blocked_jobs = 0;      ///< waiting although as many slices as they ask for are free
  friend bool operator==(const Quantities&, const Quantities&) = default;
};

struct Outcome {
  std::vector<JobOutcome> jobs;  ///< as in the workload
  int slices = 0;                ///< of the cluster
  Time ended{0};
  Quantities total;
  Quantities arrivals;  ///< from the first arrival to the last: while load is offered
  Time arrivals_length{0};
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

}  // namespace migadapter::sim
