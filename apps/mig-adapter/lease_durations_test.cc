#include "lease_durations.h"

#include <gtest/gtest.h>

namespace migadapter::app {
namespace {

using std::chrono::seconds;

TEST(LeaseDurations, TheDefaultsAreSound) {
  EXPECT_TRUE(check({}).ok());
}

TEST(LeaseDurations, AreWrongWhereClientGoRefusesThemToo) {
  EXPECT_TRUE(check({seconds(3), seconds(2), seconds(1)}).ok());
  for (const LeaseDurations& wrong : {LeaseDurations{seconds(10), seconds(10), seconds(2)},
                                      LeaseDurations{seconds(15), seconds(12), seconds(10)},
                                      LeaseDurations{seconds(15), seconds(10), seconds(0)}}) {
    const base::Status status = check(wrong);
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.error().message().find("--leader-elect-"), std::string::npos);
  }
}

}  // namespace
}  // namespace migadapter::app
