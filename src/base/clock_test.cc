#include "base/clock.h"

#include <gtest/gtest.h>

namespace migadapter::base {
namespace {

TEST(ManualClock, StandsStillUntilAdvanced) {
  ManualClock clock(WallTime(Millis(1000)));
  const MonotonicTime before = clock.monotonic();
  EXPECT_EQ(clock.monotonic(), before);
  clock.advance(Millis(250));
  EXPECT_EQ(clock.monotonic() - before, Millis(250));
  EXPECT_EQ(clock.wall(), WallTime(Millis(1250)));
}

TEST(SystemClock, MonotonicTimeNeverGoesBack) {
  const SystemClock clock;
  MonotonicTime last = clock.monotonic();
  for (int i = 0; i < 1000; ++i) {
    const MonotonicTime now = clock.monotonic();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace migadapter::base
