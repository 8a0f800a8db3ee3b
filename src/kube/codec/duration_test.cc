#include "kube/codec/duration.h"

#include <gtest/gtest.h>

#include <chrono>

namespace migadapter::kube {
namespace {

TEST(Duration, AddsUpHoursMinutesAndSeconds) {
  using namespace std::chrono_literals;
  EXPECT_EQ(*parse_duration("90s"), 90s);
  EXPECT_EQ(*parse_duration("0s"), 0s);
  EXPECT_EQ(*parse_duration("10m"), 10min);
  EXPECT_EQ(*parse_duration("1h30m"), 90min);
  EXPECT_EQ(*parse_duration("99999h"), 99999h);
}

TEST(Duration, RefusesWhateverElseTheSchemaRefusesToo) {
  for (const char* text : {"", "s", "10", "-5s", "1.5h", "5 m", "100000s", "1d", "10ms",
                           "1h1h1h1h1h1h1h1h1h1h1h", "1h30"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

}  // namespace
}  // namespace migadapter::kube
