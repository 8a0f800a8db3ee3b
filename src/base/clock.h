// Time comes in through this door only, so that every decision can be replayed and every test can
// hold the clock.
#pragma once

#include <chrono>
#include <mutex>

namespace migadapter::base {

using Millis = std::chrono::milliseconds;

/// Time of day, for stamps that people and other machines read. It may jump; never measure a
/// duration with it.
using WallTime = std::chrono::sys_time<Millis>;

/// Time that only moves forward, for deadlines, leases and back-off. The epoch is arbitrary.
struct MonotonicClockTag {
  using rep = Millis::rep;
  using period = Millis::period;
  using duration = Millis;
  using time_point = std::chrono::time_point<MonotonicClockTag>;
  static constexpr bool is_steady = true;
};
using MonotonicTime = std::chrono::time_point<MonotonicClockTag, Millis>;

/// The two clocks of the process. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual MonotonicTime monotonic() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  MonotonicTime monotonic() const override;
};

/// A clock that stands still until told to move; for tests and simulations.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = WallTime{}) : wall_(start) {}
  WallTime wall() const override;
  MonotonicTime monotonic() const override;
  void advance(Millis by);
  /// Sets the time of day forward or back, as an operator does; durations do not notice.
  void jump_wall(Millis by);

 private:
  mutable std::mutex mutex_;
  WallTime wall_;
  MonotonicTime monotonic_{};
};

}  // namespace migadapter::base
