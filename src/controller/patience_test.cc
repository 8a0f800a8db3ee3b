#include "controller/patience.h"

#include <gtest/gtest.h>

#include <chrono>

#include "cluster/testing.h"

namespace migadapter::controller {
namespace {

using namespace std::chrono_literals;
using cluster::testing::name;

class PatienceTest : public testing::Test {
 protected:
  bool sweep_with(std::string_view pod) {
    const bool over = patience_.is_over(name(pod), 30s, now_);
    patience_.end_sweep();
    return over;
  }

  Patience patience_;
  base::MonotonicTime now_{1h};
};

TEST_F(PatienceTest, IsOverOnceTheRestoreWasPossibleForSoLong) {
  EXPECT_FALSE(sweep_with("a"));
  EXPECT_EQ(patience_.next(), now_ + 30s);
  now_ += 29s;
  EXPECT_FALSE(sweep_with("a"));
  now_ += 1s;
  EXPECT_TRUE(sweep_with("a"));
}

TEST_F(PatienceTest, StartsAnewAfterASweepInWhichItWasNotPossible) {
  EXPECT_FALSE(sweep_with("a"));
  now_ += 20s;
  EXPECT_FALSE(sweep_with("b"));
  now_ += 20s;
  EXPECT_FALSE(sweep_with("a"));
}

TEST_F(PatienceTest, IsOverAtOnceWithoutHysteresis) {
  EXPECT_TRUE(patience_.is_over(name("a"), 0s, now_));
  EXPECT_FALSE(patience_.next());
}

}  // namespace
}  // namespace migadapter::controller
