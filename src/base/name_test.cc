#include "base/name.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace migadapter::base
