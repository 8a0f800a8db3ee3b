#include "sim/workload.h"

#include <algorithm>
#include <map>

namespace migadapter::sim {
namespace {

struct Count {
  Demand demand;
  std::int64_t jobs = 0;
};

/// By how often they come up.
std::vector<Count> count_demands(const std::vector<Job>& jobs) {
  std::map<Demand, std::int64_t> by_demand;
  for (const Job& job : jobs) ++by_demand[job.demand];
  std::vector<Count> counts;
  for (const auto& [demand, number] : by_demand) counts.push_back({demand, number});
  std::ranges::stable_sort(counts, std::greater<>(), &Count::jobs);
  return counts;
}

}  // namespace

std::vector<TypicalDemand> typical_demands(const std::vector<Job>& jobs, double coverage) {
  const double wanted = coverage * static_cast<double>(jobs.size());
  std::vector<TypicalDemand> typical;
  double covered = 0;
  for (const Count& count : count_demands(jobs)) {
    if (covered >= wanted) break;
    typical.push_back({count.demand, static_cast<double>(count.jobs)});
    covered += typical.back().share;
  }
  for (TypicalDemand& demand : typical) demand.share /= covered;
  return typical;
}

}  // namespace migadapter::sim
