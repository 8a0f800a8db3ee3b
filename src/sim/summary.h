// A run in a few figures.
#pragma once

#include "sim/outcome.h"

namespace migadapter::sim {

/// Figures over one quantity of many jobs; all 0 without any job.
struct Distribution {
  Time mean{0};
  Time p50{0};
  Time p95{0};
  Time p99{0};
};

/// Nearest rank: a percentile is a value that was there.
Distribution distribution_of(std::vector<Time> values);

struct Summary {
  std::int64_t jobs = 0;
  std::int64_t finished = 0;
  std::int64_t left = 0;      ///< lost patience
  std::int64_t unserved = 0;  ///< would have waited for ever
  Distribution wait;          ///< from arrival to the first start, of those that started
  Distribution completion;    ///< from arrival to the end, of those that finished
  Time makespan{0};           ///< from the first arrival to the last end

  /// Parts of all slices from the first arrival to the last, while load is offered.
  double allocated = 0;
  double useful = 0;    ///< of jobs at work, as many as they asked for
  double unusable = 0;  ///< free, but no device can be made of them
  /// Jobs that waited although as many slices as they asked for were free, on the average.
  double blocked_jobs = 0;

  std::int64_t upgrades = 0;
  std::int64_t restores = 0;
  std::int64_t restarts = 0;  ///< moves that interrupted a job at work
};

Summary summarize(const Outcome& outcome);

}  // namespace migadapter::sim
