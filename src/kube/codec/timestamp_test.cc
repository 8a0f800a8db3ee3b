#include "kube/codec/timestamp.h"

#include <gtest/gtest.h>

namespace migadapter::kube {
namespace {

constexpr base::WallTime kTime{base::Millis(1'700'000'000'042)};

TEST(Timestamp, IsWrittenAsTheApiWritesIt) {
  EXPECT_EQ(to_timestamp(kTime), "2023-11-14T22:13:20Z");
  EXPECT_EQ(to_micro_timestamp(kTime), "2023-11-14T22:13:20.042000Z");
}

TEST(Timestamp, ComesBackAsItWasWritten) {
  EXPECT_EQ(*parse_timestamp(to_micro_timestamp(kTime)), kTime);
}

TEST(Timestamp, AnyFractionAndOffsetAreRead) {
  for (const char* text : {"2023-11-14T22:13:20.042Z", "2023-11-14T22:13:20.0429999Z",
                           "2023-11-15T00:13:20.042+02:00", "2023-11-14T16:43:20.042-05:30"}) {
    ASSERT_TRUE(parse_timestamp(text).ok()) << text;
    EXPECT_EQ(*parse_timestamp(text), kTime) << text;
  }
}

TEST(Timestamp, AnythingElseIsRefused) {
  for (const char* text : {"", "2023", "2023-13-01T00:00:00Z", "2023-02-30T00:00:00Z",
                           "2023-11-14 22:13:20Z", "2023-11-14T24:13:20Z", "2023-11-14T22:13:20",
                           "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20ZZ", "-023-11-14T22:13:20Z",
                           // In UTC these lie in years that cannot be written.
                           "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00"}) {
    EXPECT_FALSE(parse_timestamp(text).ok()) << text;
  }
}

}  // namespace
}  // namespace migadapter::kube
