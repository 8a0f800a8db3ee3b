#include "base/name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace migadapter::base {
namespace {

TEST(Name, ComparesByContentAcrossPools) {
  NamePool a;
  NamePool b;
  EXPECT_EQ(a.intern("default"), b.intern("default"));
  EXPECT_LT(a.intern("alpha"), b.intern("beta"));
}

TEST(Name, TheEmptyTextIsTheDefaultName) {
  NamePool pool;
  EXPECT_EQ(pool.intern(""), Name());
  EXPECT_TRUE(Name("").empty());
}

TEST(Name, OutlivesThePoolItCameFrom) {
  Name survivor;
  {
    NamePool pool;
    survivor = pool.intern("nvidia.com/mig-1g.5gb");
  }
  EXPECT_EQ(survivor.view(), "nvidia.com/mig-1g.5gb");
}

TEST(NamePool, StoresEachTextOnce) {
  NamePool pool;
  const Name first = pool.intern("node-1");
  const Name second = pool.intern("node-1");
  EXPECT_EQ(first.view().data(), second.view().data());
  EXPECT_EQ(pool.size(), 1U);
}

TEST(NamePool, ForgetsTextsThatNobodyHoldsAnyMore) {
  NamePool pool;
  const Name held = pool.intern("held");
  for (int i = 0; i < 100'000; ++i) pool.intern("pod-" + std::to_string(i));
  EXPECT_LE(pool.size(), 1024U);
  EXPECT_EQ(pool.intern("held").view().data(), held.view().data());
}

TEST(NamePool, KeepsEveryTextThatSomebodyHolds) {
  NamePool pool;
  std::vector<Name> held;
  for (int i = 0; i < 5'000; ++i) held.push_back(pool.intern("node-" + std::to_string(i)));
  EXPECT_EQ(pool.size(), 5'000U);
}

}  // namespace
}  // namespace migadapter::base
