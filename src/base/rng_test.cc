#include "base/rng.h"

#include <gtest/gtest.h>

#include <array>

namespace migadapter::base {
namespace {

TEST(Rng, TheSameSeedGivesTheSameNumbers) {
  Rng a(42);
  Rng b(42);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(a.next(), b.next());
}

TEST(Rng, BelowReachesEveryNumberUnderTheBoundAndNoOther) {
  Rng rng(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(rng.below(seen.size()));
  for (const int count : seen) EXPECT_GT(count, 800);
}

TEST(Rng, FractionsLieBetweenZeroAndOne) {
  Rng rng(7);
  for (int i = 0; i < 1000; ++i) {
    const double fraction = rng.fraction();
    ASSERT_GE(fraction, 0.0);
    ASSERT_LT(fraction, 1.0);
  }
}

}  // namespace
}  // namespace migadapter::base
