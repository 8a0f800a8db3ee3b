#include "sim/workload/arrivals_only.h"

#include <cmath>
#include <utility>

#include "base/rng.h"

namespace migadapter::sim {
namespace {

std::int64_t units_of(const Job& job, const Kinds& kinds) {
  return job.demand.count == 0 ? 0 : job.demand.count * kinds.at(job.demand.kind).milli;
}

void shuffle(std::vector<Job>& jobs, base::Rng& random) {
  for (std::size_t i = jobs.size(); i > 1; --i) std::swap(jobs[i - 1], jobs[random.below(i)]);
}

/// Notes how much is in use after each arrival.
class AllocationRecord final : public Witness {
 public:
  explicit AllocationRecord(const Workload& workload) : workload_(workload) {}

  void settled(Time now, const Inventory& inventory) override {
    const Job& job = workload_.jobs[static_cast<std::size_t>(now.count())];
    asked_ += units_of(job, workload_.kinds);
    const double whole = inventory.units();
    const auto percent = std::lround(100 * static_cast<double>(asked_) / whole);
    const auto place = static_cast<std::size_t>(percent);
    if (sums_.size() <= place) {
      sums_.resize(place + 1);
      arrivals_.resize(place + 1);
    }
    sums_[place] += (whole - inventory.free_units()) / whole;
    ++arrivals_[place];
  }

  std::vector<double> means() const {
    std::vector<double> means;
    for (std::size_t i = 0; i < sums_.size(); ++i) means.push_back(sums_[i] / arrivals_[i]);
    return means;
  }

 private:
  const Workload& workload_;
  std::int64_t asked_ = 0;
  std::vector<double> sums_;  ///< by percentage asked for
  std::vector<int> arrivals_;
};

}  // namespace

Workload arrivals_only(const Workload& workload, double demand, std::int64_t units,
                       std::uint64_t seed) {
  base::Rng random(seed);
  Workload arrivals = workload;
  shuffle(arrivals.jobs, random);
  const auto wanted = static_cast<std::int64_t>(demand * static_cast<double>(units));
  std::int64_t asked = 0;
  for (const Job& job : arrivals.jobs) asked += units_of(job, workload.kinds);
  while (true) {
    const Job& job = workload.jobs[random.below(workload.jobs.size())];
    asked += units_of(job, workload.kinds);
    if (asked > wanted) break;
    arrivals.jobs.push_back(job);
  }
  Time next{0};
  for (Job& job : arrivals.jobs) {
    job.arrives = std::exchange(next, next + Time(1));
    job.run_time = kNever;
    job.patience = Time(0);
  }
  return arrivals;
}

std::vector<double> allocation_by_demand(const Workload& workload, Inventory& inventory,
                                         Placement& placement, std::uint64_t seed) {
  EngineOptions options;
  options.delays = {Time(0), Time(0), Time(0), Time(0), Time(0), Time(0), Time(0)};
  options.seed = seed;
  AllocationRecord record(workload);
  Engine({workload, inventory, placement, nullptr, &record}, options).run();
  return record.means();
}

}  // namespace migadapter::sim
