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
  pace.window = std::min(pace.window + kPaceGrowth - 1, kMostMovesOfOwner);
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
  while (now - pace.failures.front() >= std::chrono::hours(1)) pace.failures.pop_front();
  pace.backs_off_until = now + back_off(pace.failures_in_a_row);
  if (std::ssize(pace.failures) >= kMostFailuresPerHour) {
    pace.backs_off_until =
        std::max(pace.backs_off_until, pace.failures.front() + std::chrono::hours(1));
  }
  pace.not_before = std::max(pace.not_before, pace.backs_off_until);
}

void OwnerPaces::pause(const base::Name& owner_uid, base::MonotonicTime until) {
  Pace& pace = paces_[owner_uid];
  pace.not_before = std::max(pace.not_before, until);
}

void OwnerPaces::forget(const base::Name& owner_uid) {
  const auto found = paces_.find(owner_uid);
  if (found == paces_.end()) return;
  found->second.owner_is_gone = true;
  forget_if_done(owner_uid);
}

}  // namespace migadapter::controller
