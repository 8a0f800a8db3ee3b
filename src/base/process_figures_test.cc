#include "base/process_figures.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace migadapter::base {
namespace {

TEST(ProcessFigures, AreOfThisProcess) {
  const ProcessFigures figures = read_process_figures();
  const double now = static_cast<double>(SystemClock().wall().time_since_epoch().count()) / 1000;
  EXPECT_LT(figures.start_time_seconds, now + 2);
  EXPECT_GT(figures.start_time_seconds, now - 24 * 3600);
  EXPECT_GT(figures.resident_bytes, 100'000);
  EXPECT_GT(figures.virtual_bytes, figures.resident_bytes);
  EXPECT_GE(figures.open_files, 3);
  EXPECT_GT(figures.most_open_files, figures.open_files);
  EXPECT_GE(figures.cpu_seconds, 0);
}

}  // namespace
}  // namespace migadapter::base
