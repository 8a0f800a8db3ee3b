#include "sim/gpu/partition.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "sim/testing.h"

namespace migadapter::sim {
namespace {

using testing::a100;
using testing::geometry_of;
using testing::kBalanced;

/// The kinds of an A100 by name.
class Named {
 public:
  Kinds kinds = kinds_of(a100());
  KindId operator()(std::string_view name) const { return kinds.find(name); }
};

TEST(FixedPartition, OffersTheInstancesOfItsGeometry) {
  const Named kind;
  const auto partition = make_fixed_partition(a100(), geometry_of(kBalanced), kind.kinds);
  const int idle = partition->idle_state();
  EXPECT_EQ(partition->units(), 8);
  EXPECT_EQ(partition->free_units(idle), 8);
  EXPECT_EQ(partition->room(idle, kind("1g.5gb")), 2);
  EXPECT_EQ(partition->room(idle, kind("2g.10gb")), 1);
  EXPECT_EQ(partition->room(idle, kind("7g.40gb")), 0);
  EXPECT_FALSE(partition->makes_devices());
  EXPECT_EQ(partition->offered()[static_cast<std::size_t>(kind("1g.5gb"))], 2);
}

TEST(FixedPartition, KnowsTheSizeOfADeviceThatItDoesNotOffer) {
  const Named kind;
  const auto partition = make_fixed_partition(a100(), geometry_of({"7g.40gb"}), kind.kinds);
  EXPECT_EQ(partition->units_of(kind("1g.5gb")), 1);
  EXPECT_DOUBLE_EQ(partition->compute_share(kind("3g.20gb")), 3.0 / 7);
}

TEST(FixedPartition, WhatIsTakenIsNotOfferedUntilItIsGivenBack) {
  const Named kind;
  const auto partition = make_fixed_partition(a100(), geometry_of(kBalanced), kind.kinds);
  const KindId small = kind("1g.5gb");
  const Option first = partition->options(partition->idle_state(), small).front();
  EXPECT_EQ(partition->room(first.state, small), 1);
  EXPECT_EQ(partition->free_units(first.state), 7);
  const Option second = partition->options(first.state, small).front();
  EXPECT_NE(second.slot, first.slot);
  EXPECT_TRUE(partition->options(second.state, small).empty());
  EXPECT_EQ(partition->without(second.state, second.slot), first.state);
}

TEST(FreePartition, MakesWhateverTheModelAllowsBesideWhatIsThere) {
  const Named kind;
  const auto partition = make_free_partition(a100(), kind.kinds);
  const int idle = partition->idle_state();
  EXPECT_EQ(partition->room(idle, kind("1g.5gb")), 7);
  EXPECT_EQ(partition->room(idle, kind("2g.10gb")), 3);
  EXPECT_EQ(partition->room(idle, kind("3g.20gb")), 2);
  EXPECT_EQ(partition->room(idle, kind("7g.40gb")), 1);
  const Option at_start = partition->options(idle, kind("1g.5gb")).front();
  EXPECT_EQ(at_start.slot.start, 0);
  EXPECT_EQ(partition->room(at_start.state, kind("4g.20gb")), 0);  // a 4g starts at 0 or nowhere
  EXPECT_EQ(partition->room(at_start.state, kind("3g.20gb")), 1);
  EXPECT_TRUE(partition->makes_devices());
}

TEST(FreePartition, EveryStateIsALegalGeometryAndGivingAllBackLeadsToIdle) {
  const Named kind;
  const auto partition = make_free_partition(a100(), kind.kinds);
  base::Rng random(7);
  for (int round = 0; round < 200; ++round) {
    int state = partition->idle_state();
    std::vector<Slot> taken;
    for (int step = 0; step < 8; ++step) {
      const auto wanted = static_cast<KindId>(random.below(std::uint64_t(kind.kinds.size())));
      const auto options = partition->options(state, wanted);
      if (options.empty()) continue;
      const Option option = options[random.below(options.size())];
      state = option.state;
      taken.push_back(option.slot);
    }
    int used = 0;
    for (const Slot& slot : taken) used += slot.size;
    EXPECT_EQ(partition->free_units(state), 8 - used) << "seed 7, round " << round;
    while (!taken.empty()) {
      const auto which = taken.begin() + static_cast<std::ptrdiff_t>(random.below(taken.size()));
      state = partition->without(state, *which);
      taken.erase(which);
    }
    EXPECT_EQ(state, partition->idle_state());
  }
}

TEST(SharedPartition, GivesThousandthsUntilNoneAreLeft) {
  Kinds kinds;
  const KindId half = kinds.add_share(500);
  const KindId most = kinds.add_share(700);
  const auto partition = make_shared_partition(kinds);
  EXPECT_EQ(partition->room(partition->idle_state(), half), 2);
  const Option taken = partition->options(partition->idle_state(), most).front();
  EXPECT_EQ(partition->free_units(taken.state), 300);
  EXPECT_TRUE(partition->options(taken.state, half).empty());
  EXPECT_EQ(partition->without(taken.state, taken.slot), partition->idle_state());
}

}  // namespace
}  // namespace migadapter::sim
