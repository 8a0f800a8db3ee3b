#include "controller/owner_pace.h"

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

base::Millis back_off(int failures_in_a_row) {
  base::Millis pause = kFirstBackOff;
  for (int i = 1; i < failures_in_a_row && pause < kLongestBackOff; ++i) pause *= 2;
  return std::min(pause, kLongestBackOff);
}

}  // namespace

bool OwnerPaces::may_move(const cluster::OwnerReference& owner, base::MonotonicTime now) const {
  const auto found = paces_.find(owner.uid);
  if (found == paces_.end()) return true;
  const Pace& pace = found->second;
  const int window = owner.kind == cluster::OwnerKind::stateful_set ? 1 : pace.window;
  return pace.in_flight < window && now >= pace.not_before;
}

void OwnerPaces::begin(const cluster::OwnerReference& owner) {
  ++paces_[owner.uid].in_flight;
}

OwnerPaces::Pace& OwnerPaces::end_move(const base::Name& owner_uid) {
  Pace& pace = paces_[owner_uid];
  MIGADAPTER_CHECK(pace.in_flight > 0);
  --pace.in_flight;
  return pace;
}

void OwnerPaces::confirmed(const base::Name& owner_uid) {
  Pace& pace = end_move(owner_uid);
  pace.window = std::min(pace.window + kPaceGrowth - 1, kMostMovesOfOwner);
  pace.failures_in_a_row = 0;
}

void OwnerPaces::withdrawn(const base::Name& owner_uid) {
  end_move(owner_uid);
}

void OwnerPaces::failed(const base::Name& owner_uid, base::MonotonicTime now) {
  end_move(owner_uid);
  regretted(owner_uid, now);
}

void OwnerPaces::regretted(const base::Name& owner_uid, base::MonotonicTime now) {
  Pace& pace = paces_[owner_uid];
  pace.window = 1;
  ++pace.failures_in_a_row;
  pace.failures.push_back(now);
  while (now - pace.failures.front() >= std::chrono::hours(1)) pace.failures.pop_front();
  pace.not_before = std::max(pace.not_before, now + back_off(pace.failures_in_a_row));
  if (std::ssize(pace.failures) < kMostFailuresPerHour) return;
  pace.not_before = std::max(pace.not_before, pace.failures.front() + std::chrono::hours(1));
}

void OwnerPaces::pause(const base::Name& owner_uid, base::MonotonicTime until) {
  Pace& pace = paces_[owner_uid];
  pace.not_before = std::max(pace.not_before, until);
}

void OwnerPaces::forget_idle(const std::function<bool(const base::Name& owner_uid)>& is_gone) {
  std::erase_if(paces_, [&is_gone](const auto& entry) {
    return entry.second.in_flight == 0 && is_gone(entry.first);
  });
}

}  // namespace migadapter::controller
