#include "sim/waiting_line.h"

#include <gtest/gtest.h>

namespace migadapter::sim {
namespace {

const Demand kSmall{1000, 0, 0, 1, kAnyModel};
const Demand kLarge{1000, 0, 1, 1, kAnyModel};

TEST(WaitingLine, ServesByPriorityThenByAge) {
  WaitingLine line;
  line.add(kSmall, {0, 1});
  line.add(kLarge, {0, 2});
  line.add(kSmall, {5, 3});
  EXPECT_EQ(line.next(), 3);
  line.remove(kSmall, {5, 3});
  EXPECT_EQ(line.next(), 1);
  line.remove(kSmall, {0, 1});
  EXPECT_EQ(line.next(), 2);
}

TEST(WaitingLine, WhereOneFitsNowhereThoseOfEqualDemandRest) {
  WaitingLine line;
  line.add(kSmall, {0, 1});
  line.add(kSmall, {0, 2});
  line.add(kLarge, {0, 3});
  EXPECT_EQ(line.rest(kSmall), (std::vector<int>{1, 2}));
  EXPECT_EQ(line.next(), 3);
  line.wake();
  EXPECT_EQ(line.next(), 1);
  EXPECT_TRUE(line.rest(kSmall).empty()) << "they have been told already";
}

TEST(WaitingLine, WhoComesToThoseThatRestIsTriedOnce) {
  WaitingLine line;
  line.add(kSmall, {0, 1});
  line.rest(kSmall);
  EXPECT_EQ(line.next(), std::nullopt);
  line.add(kSmall, {0, 2});
  EXPECT_TRUE(line.next().has_value());
  EXPECT_EQ(line.rest(kSmall), std::vector<int>{2});
  EXPECT_EQ(line.next(), std::nullopt);
}

}  // namespace
}  // namespace migadapter::sim
