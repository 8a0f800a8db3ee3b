#include "controller/owner_pace.h"

#include <algorithm>

#include "base/check.h"
#include "controller/limits.h"

namespace migadapter::controller {

bool OwnerPaces::may_move(const cluster::OwnerReference& owner, base::MonotonicTime now) const {
  const auto found = paces_.find(owner.uid);
  if (found == paces_.end()) return true;
  const Pace& pace = found->second;
  const int window = owner.kind == cluster::OwnerKind::stateful_set ? 1 : pace.window;
  return pace.in_flight < window && now >= pace.not_before;
}

void OwnerPaces::begin(const cluster::OwnerReference& owner) {
  Pace& pace = paces_[owner.uid];
  ++pace.in_flight;
  pace.owner_is_gone = false;
}

OwnerPaces::Pace& OwnerPaces::end_move(const base::Name& owner_uid) {
  Pace& pace = paces_[owner_uid];
  MIGADAPTER_CHECK(pace.in_flight > 0);
  --pace.in_flight;
  return pace;
}

void OwnerPaces::forget_if_done(const base::Name& owner_uid) {
  const auto found = paces_.find(owner_uid);
  const bool done = found != paces_.end() && found->second.owner_is_gone;
  if (done && found->second.in_flight == 0) paces_.erase(found);
}

void OwnerPaces::confirmed(const base::Name& owner_uid) {
  Pace& pace = end_move(owner_uid);
  pace.window = decide::widened(pace.window);
  pace.failures_in_a_row = 0;
  forget_if_done(owner_uid);
}

void OwnerPaces::withdrawn(const base::Name& owner_uid) {
  end_move(owner_uid);
  forget_if_done(owner_uid);
}

void OwnerPaces::failed(const base::Name& owner_uid, base::MonotonicTime now) {
  end_move(owner_uid);
  regretted(owner_uid, now);
  forget_if_done(owner_uid);
}

void OwnerPaces::regretted(const base::Name& owner_uid, base::MonotonicTime now) {
  Pace& pace = paces_[owner_uid];
  pace.window = 1;
  if (now < pace.backs_off_until) return;
  ++pace.failures_in_a_row;
  pace.failures.push_back(now);
  while (now - pace.failures.front() >= kFailureMemory) pace.failures.pop_front();
  pace.backs_off_until = now + decide::back_off(pace.failures_in_a_row);
  if (std::ssize(pace.failures) >= kMostFailuresPerHour) {
    pace.backs_off_until = std::max(pace.backs_off_until, pace.failures.front() + kFailureMemory);
  }
  pace.not_before = std::max(pace.not_before, pace.backs_off_until);
}

void OwnerPaces::pause(const base::Name& owner_uid, base::MonotonicTime until) {
  Pace& pace = paces_[owner_uid];
  pace.not_before = std::max(pace.not_before, until);
}

cluster::OwnerFailures OwnerPaces::failures_of(const base::Name& owner_uid,
                                               const base::Clock& clock) const {
  cluster::OwnerFailures written;
  const auto found = paces_.find(owner_uid);
  if (found == paces_.end()) return written;
  const auto offset = clock.wall().time_since_epoch() - clock.monotonic().time_since_epoch();
  const auto by_wall = [offset](base::MonotonicTime time) {
    return base::WallTime(time.time_since_epoch() + offset);
  };
  written.in_a_row = found->second.failures_in_a_row;
  for (const base::MonotonicTime time : found->second.failures)
    written.lately.push_back(by_wall(time));
  written.backs_off_until = by_wall(found->second.backs_off_until);
  return written;
}

void OwnerPaces::recall(const base::Name& owner_uid, const cluster::OwnerFailures& failures,
                        const base::Clock& clock) {
  const base::MonotonicTime now = clock.monotonic();
  const auto by_monotonic = [&](base::WallTime time) { return now + (time - clock.wall()); };
  Pace& pace = paces_[owner_uid];
  pace.failures_in_a_row = std::max(pace.failures_in_a_row, failures.in_a_row);
  for (const base::WallTime each : failures.lately) {
    const base::MonotonicTime time = std::min(by_monotonic(each), now);
    if (now - time < kFailureMemory) pace.failures.push_back(time);
  }
  std::sort(pace.failures.begin(), pace.failures.end());
  pace.backs_off_until = std::max(
      pace.backs_off_until, std::min(by_monotonic(failures.backs_off_until), now + kFailureMemory));
  pace.not_before = std::max(pace.not_before, pace.backs_off_until);
}

void OwnerPaces::forget(const base::Name& owner_uid) {
  const auto found = paces_.find(owner_uid);
  if (found == paces_.end()) return;
  found->second.owner_is_gone = true;
  forget_if_done(owner_uid);
}

}  // namespace migadapter::controller
