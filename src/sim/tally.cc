#include "sim/tally.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace migadapter::sim {
namespace {

bool is_present(const JobOutcome& job) {
  return !job.finished && !job.left;
}

}  // namespace

Tally::Tally(const std::vector<Job>& jobs) {
  for (const Job& job : jobs) {
    MIGADAPTER_CHECK(job.arrives >= last_arrival_);
    last_arrival_ = job.arrives;
    outcome_.jobs.emplace_back();
    outcome_.jobs.back().arrived = job.arrives;
  }
  if (!jobs.empty()) outcome_.arrivals_length = last_arrival_ - jobs.front().arrives;
}

void Tally::advance(Time now) {
  MIGADAPTER_CHECK(now >= now_);
  if (now == now_) return;
  add(outcome_.total, now - now_);
  if (now_ < last_arrival_) add(outcome_.arrivals, std::min(now, last_arrival_) - now_);
  now_ = now;
}

void Tally::add(Quantities& sums, Time span) const {
  const std::int64_t length = span.count();
  sums.present_jobs += length * levels_.present_jobs;
  sums.waiting_jobs += length * levels_.waiting_jobs;
  sums.allocated_slices += length * levels_.allocated_slices;
  sums.useful_slices += length * levels_.useful_slices;
  sums.unusable_slices += length * levels_.unusable_slices;
  sums.blocked_jobs += length * levels_.blocked_jobs;
}

Outcome Tally::close(int slices) && {
  outcome_.ended = now_;
  outcome_.slices = slices;
  check();
  return std::move(outcome_);
}

void Tally::check() const {
  std::int64_t present = 0;
  std::int64_t waiting = 0;
  std::int64_t sojourn = 0;
  std::int64_t wait = 0;
  for (const JobOutcome& job : outcome_.jobs) {
    if (job.arrived > now_) continue;
    const Time gone = job.finished ? *job.finished : job.left.value_or(now_);
    MIGADAPTER_CHECK(!(job.finished && job.left) && gone >= job.arrived);
    present += is_present(job) ? 1 : 0;
    waiting += is_present(job) && !job.started ? 1 : 0;
    sojourn += (gone - job.arrived).count();
    wait += (job.started.value_or(gone) - job.arrived).count();
  }
  MIGADAPTER_CHECK(present == levels_.present_jobs && waiting == levels_.waiting_jobs);
  MIGADAPTER_CHECK(sojourn == outcome_.total.present_jobs && wait == outcome_.total.waiting_jobs);
}

}  // namespace migadapter::sim
