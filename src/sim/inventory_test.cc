#include "sim/inventory.h"

#include <gtest/gtest.h>

#include "sim/placement.h"
#include "sim/testing.h"

namespace migadapter::sim {
namespace {

using testing::fixed_nodes;
using testing::kBalanced;
using testing::WorkloadBuilder;

TEST(Inventory, APodFitsWhereCpuMemoryPodsDevicesAndModelAllow) {
  const Workload workload = WorkloadBuilder().job("2g.10gb");
  const Inventory inventory = fixed_nodes(workload, kBalanced);
  const Node& node = inventory.nodes().front();
  const Demand fitting = workload.jobs.front().demand;
  EXPECT_TRUE(Inventory::fits(node, fitting));
  Demand demand = fitting;
  demand.cpu_milli = node.spec.cpu_milli + 1;
  EXPECT_FALSE(Inventory::fits(node, demand));
  demand = fitting;
  demand.memory_mib = node.spec.memory_mib + 1;
  EXPECT_FALSE(Inventory::fits(node, demand));
  demand = fitting;
  demand.count = 2;
  EXPECT_FALSE(Inventory::fits(node, demand));
  demand = fitting;
  demand.models = 0b10;
  EXPECT_FALSE(Inventory::fits(node, demand));
}

TEST(Inventory, WhatIsTakenIsMissingUntilItIsGivenBack) {
  const Workload workload = WorkloadBuilder().job("1g.5gb");
  Inventory inventory = fixed_nodes(workload, kBalanced, 2);
  const KindId kind = workload.jobs.front().demand.kind;
  const Node& node = inventory.nodes()[1];
  const Place place{1, 500, 64, {first_device(node, node.states, kind)}};
  inventory.take(place);
  EXPECT_EQ(inventory.free_units(), 15);
  EXPECT_EQ(inventory.room(kind), 3);
  EXPECT_EQ(node.cpu_milli, node.spec.cpu_milli - 500);
  EXPECT_EQ(node.room[static_cast<std::size_t>(kind)], 1);
  inventory.give_back(place);
  EXPECT_EQ(inventory.free_units(), inventory.units());
  EXPECT_EQ(inventory.room(kind), 4);
}

TEST(Inventory, FreeSlicesOfWhichNothingCanBeMadeAreUnusable) {
  const Workload workload = WorkloadBuilder().job("7g.40gb");
  Inventory inventory(workload.kinds.size());
  Partition& partition = inventory.add(make_free_partition(testing::a100(), workload.kinds));
  inventory.add_node(testing::node_spec("node", 1), partition);
  const Node& node = inventory.nodes().front();
  Place place;
  for (const char* name : {"3g.20gb", "1g.5gb", "1g.5gb", "1g.5gb"}) {
    const Device device = first_device(node, node.states, workload.kinds.find(name));
    place = {0, 0, 0, {device}};
    inventory.take(place);
  }
  EXPECT_EQ(inventory.free_units(), 1);
  EXPECT_EQ(inventory.unusable_units(), 1);  // the last slice is no start of a 1g
  inventory.give_back(place);
  EXPECT_EQ(inventory.unusable_units(), 0);
}

TEST(InventoryDeathTest, NoSlotIsGivenTwice) {
  const Workload workload = WorkloadBuilder().job("7g.40gb");
  Inventory inventory = fixed_nodes(workload, {"7g.40gb"});
  const Node& node = inventory.nodes().front();
  const Place place{0, 0, 0, {first_device(node, node.states, workload.jobs.front().demand.kind)}};
  inventory.take(place);
  EXPECT_DEATH(inventory.take(place), "CHECK|slices|failed|ledger");
}

}  // namespace
}  // namespace migadapter::sim
