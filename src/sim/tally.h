// Keeps the sums of a run, and proves them.
#pragma once

#include "sim/outcome.h"

namespace migadapter::sim {

class Tally {
 public:
  /// REQUIRES: jobs are ordered by arrival.
  explicit Tally(const std::vector<Job>& jobs);

  JobOutcome& job(int job) { return outcome_.jobs[static_cast<std::size_t>(job)]; }
  /// As they stand now.
  Quantities& levels() { return levels_; }

  /// Time passes while the levels stay as they are. REQUIRES: now is not in the past.
  void advance(Time now);

  /// Closes the books. Checks that every job finished, left or is still there, and Little's law as
  /// an identity: what was integrated over time equals what the jobs spent, one by one.
  Outcome close(int slices) &&;

 private:
  void check() const;
  void add(Quantities& sums, Time span) const;

  Outcome outcome_;
  Quantities levels_;
  Time now_{0};
  Time last_arrival_{0};
};

}  // namespace migadapter::sim
