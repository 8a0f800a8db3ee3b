#include "base/clock.h"

namespace migadapter::base {

WallTime SystemClock::wall() const {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

MonotonicTime SystemClock::monotonic() const {
  const auto since_epoch = std::chrono::steady_clock::now().time_since_epoch();
  return MonotonicTime(std::chrono::duration_cast<Millis>(since_epoch));
}

WallTime ManualClock::wall() const {
  const std::lock_guard lock(mutex_);
  return wall_;
}

MonotonicTime ManualClock::monotonic() const {
  const std::lock_guard lock(mutex_);
  return monotonic_;
}

void ManualClock::advance(Millis by) {
  const std::lock_guard lock(mutex_);
  wall_ += by;
  monotonic_ += by;
}

void ManualClock::jump_wall(Millis by) {
  const std::lock_guard lock(mutex_);
  wall_ += by;
}

}  // namespace migadapter::base
