#include "base/copy_on_write.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace migadapter::base {
namespace {

using Numbers = CopyOnWrite<std::vector<int>>;

TEST(CopyOnWrite, ACopySeesNothingOfALaterChange) {
  Numbers first;
  first.change() = {1, 2};
  Numbers second = first;
  EXPECT_EQ(&first.get(), &second.get());
  second.change().push_back(3);
  EXPECT_EQ(first.get(), (std::vector{1, 2}));
  EXPECT_EQ(second.get(), (std::vector{1, 2, 3}));
}

TEST(CopyOnWrite, AValueThatNobodySharesIsChangedInPlace) {
  Numbers numbers;
  numbers.change() = {1};
  const auto* place = &numbers.get();
  EXPECT_TRUE(numbers.is_only_holder());
  numbers.change().push_back(2);
  EXPECT_EQ(&numbers.get(), place);
}

TEST(CopyOnWrite, ComparesByValue) {
  Numbers a;
  Numbers b;
  EXPECT_EQ(a, b);
  a.change() = {1};
  b.change() = {1};
  EXPECT_EQ(a, b);
  b.change() = {};
  EXPECT_EQ(b, Numbers());
}

TEST(CopyOnWrite, CopiesMayGoTheirOwnWaysOnDifferentThreads) {
  Numbers origin;
  origin.change() = {0};
  std::vector<std::jthread> threads;
  for (int number = 1; number <= 4; ++number) {
    threads.emplace_back([mine = origin, number]() mutable {
      for (int round = 0; round < 1000; ++round) {
        const Numbers before = mine;
        mine.change() = {number};
      }
      EXPECT_EQ(mine.get(), std::vector{number});
    });
  }
  origin = Numbers();
}

}  // namespace
}  // namespace migadapter::base
