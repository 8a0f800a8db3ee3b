#include "cluster/resources.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::name;

const base::Name kCpu = name("cpu");
const base::Name kMemory = name("memory");

TEST(ResourceList, HasNothingOfWhatItDoesNotList) {
  EXPECT_EQ(ResourceList().of("cpu"), 0);
  EXPECT_EQ((ResourceList{{kMemory, 5}}).of("cpu"), 0);
}

TEST(ResourceList, IsTheSameInWhateverOrderItWasFilled) {
  EXPECT_EQ((ResourceList{{kMemory, 5}, {kCpu, 2}}), (ResourceList{{kCpu, 2}, {kMemory, 5}}));
  EXPECT_EQ((ResourceList{{kMemory, 5}, {kCpu, 2}}).begin()->resource, kCpu);
}

TEST(ResourceList, AddsUpWhatIsListedTwice) {
  EXPECT_EQ((ResourceList{{kCpu, 2}, {kCpu, 3}}).of("cpu"), 5);
}

TEST(ResourceList, DoesNotListZeros) {
  ResourceList list{{kCpu, 2}, {kMemory, 0}};
  EXPECT_EQ(list, (ResourceList{{kCpu, 2}}));
  list.add(kCpu, -2);
  EXPECT_TRUE(list.empty());
}

TEST(ResourceList, SubtractingWhatWasAddedLeavesNoTrace) {
  const ResourceList before{{kCpu, 2}};
  const ResourceList more{{kCpu, 3}, {kMemory, 7}};
  ResourceList list = before;
  list.add(more);
  EXPECT_EQ(list, (ResourceList{{kCpu, 5}, {kMemory, 7}}));
  list.subtract(more);
  EXPECT_EQ(list, before);
}

TEST(ResourceList, MayFallBelowZero) {
  ResourceList list{{kCpu, 2}};
  list.subtract({{kCpu, 5}});
  EXPECT_EQ(list.of("cpu"), -3);
}

TEST(ResourceList, IsRaisedOnlyWhereTheOtherHasMore) {
  ResourceList list{{kCpu, 2}, {kMemory, 9}};
  list.raise_to({{kCpu, 5}, {kMemory, 3}, {name("pods"), 1}});
  EXPECT_EQ(list, (ResourceList{{kCpu, 5}, {kMemory, 9}, {name("pods"), 1}}));
}

TEST(ResourceList, IsPrintedByGoogleTestAsWordsAndNumbers) {
  EXPECT_EQ(::testing::PrintToString(ResourceList{{kCpu, 2}, {kMemory, 9}}), "cpu 2, memory 9");
}

}  // namespace
}  // namespace migadapter::cluster
