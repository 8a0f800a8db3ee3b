#include "sim/summary.h"

#include <algorithm>
#include <cmath>

namespace migadapter::sim {
namespace {

Time percentile(const std::vector<Time>& sorted, double part) {
  const auto rank = std::ceil(part * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

/// The mean of a sum over time, of `whole`.
double part_of(std::int64_t sum, Time length, double whole) {
  const double span = static_cast<double>(length.count()) * whole;
  return span > 0 ? static_cast<double>(sum) / span : 0;
}

void count(Summary& summary, const JobOutcome& job) {
  ++summary.jobs;
  summary.finished += job.finished ? 1 : 0;
  summary.left += job.left ? 1 : 0;
  summary.unserved += job.started || job.left ? 0 : 1;
  summary.upgrades += job.upgrades;
  summary.restores += job.restores;
  summary.restarts += job.restarts;
}

void add_times(Summary& summary, const std::vector<JobOutcome>& jobs) {
  std::vector<Time> waits;
  std::vector<Time> completions;
  Time first = kNever;
  Time last{0};
  for (const JobOutcome& job : jobs) {
    first = std::min(first, job.arrived);
    if (job.started) waits.push_back(*job.started - job.arrived);
    if (!job.finished) continue;
    completions.push_back(*job.finished - job.arrived);
    last = std::max(last, *job.finished);
  }
  if (!completions.empty()) summary.makespan = last - first;
  summary.wait = distribution_of(std::move(waits));
  summary.completion = distribution_of(std::move(completions));
}

}  // namespace

Distribution distribution_of(std::vector<Time> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  Time sum{0};
  for (const Time value : values) sum += value;
  return {sum / std::ssize(values), percentile(values, 0.50), percentile(values, 0.95),
          percentile(values, 0.99)};
}

Summary summarize(const Outcome& outcome) {
  Summary summary;
  for (const JobOutcome& job : outcome.jobs) count(summary, job);
  add_times(summary, outcome.jobs);
  const auto of_slices = [&](std::int64_t sum) {
    return part_of(sum, outcome.arrivals_length, outcome.slices);
  };
  summary.allocated = of_slices(outcome.arrivals.allocated_slices);
  summary.useful = of_slices(outcome.arrivals.useful_slices);
  summary.unusable = of_slices(outcome.arrivals.unusable_slices);
  summary.blocked_jobs = part_of(outcome.arrivals.blocked_jobs, outcome.arrivals_length, 1);
  return summary;
}

}  // namespace migadapter::sim
