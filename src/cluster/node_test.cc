#include "cluster/node.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::make_node;

/// The device under that resource name; a failure and an empty one when there is none.
NodeDevice device(const std::vector<NodeDevice>& devices, std::string_view resource) {
  const auto found =
      std::find_if(devices.begin(), devices.end(),
                   [resource](const NodeDevice& each) { return each.resource == resource; });
  if (found != devices.end()) return *found;
  ADD_FAILURE() << "no device of " << resource;
  return {};
}

std::vector<std::string> resources(const std::vector<NodeDevice>& devices) {
  std::vector<std::string> names;
  for (const NodeDevice& each : devices) names.push_back(each.resource.str());
  return names;
}

TEST(GpuModel, IsTheOneOfTheNodesProductLabel) {
  const mig::GpuModel* model = gpu_model(make_node("n"));
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->name, "A100-40GB");
}

TEST(GpuModel, IsUnknownWithoutALabelOrWithAStrangeOne) {
  EXPECT_EQ(gpu_model(make_node("n").product("")), nullptr);
  EXPECT_EQ(gpu_model(make_node("n").product("Strange-9000")), nullptr);
  EXPECT_TRUE(
      node_devices(make_node("n").product("Strange-9000").offers("nvidia.com/mig-1g.5gb", 1))
          .empty());
}

TEST(NodeDevices, AreEveryProfileOfTheModelWhetherOfferedOrNot) {
  const std::vector<NodeDevice> devices = node_devices(make_node("n"));
  EXPECT_EQ(devices.size(), mig::find_model("A100-40GB")->profiles.size());
  EXPECT_EQ(device(devices, "nvidia.com/mig-1g.5gb").device.compute_slices, 1);
  EXPECT_EQ(device(devices, "nvidia.com/mig-1g.5gb.me").profile.variant,
            mig::ProfileVariant::media);
  EXPECT_EQ(device(devices, "nvidia.com/mig-7g.40gb").device.memory_slices, 8);
}

TEST(NodeDevices, AreTheSameWhenTheNodeOffersThemUnderTheirTableNames) {
  EXPECT_EQ(node_devices(make_node("n").offers("nvidia.com/mig-1g.5gb", 7)),
            node_devices(make_node("n")));
}

TEST(NodeDevices, KnowWhatTheNodesLabelsState) {
  // GPU Feature Discovery on an H100-80GB with driver R550, from the GPU Operator's documentation.
  const std::vector<NodeDevice> devices =
      node_devices(make_node("n")
                       .product("NVIDIA-H100-80GB-HBM3")
                       .offers("nvidia.com/mig-1g.10gb", 2)
                       .label("nvidia.com/mig-1g.10gb.memory", "9984")
                       .label("nvidia.com/mig-1g.10gb.multiprocessors", "16")
                       .label("nvidia.com/mig-1g.10gb.engines.copy", "1")
                       .label("nvidia.com/mig-1g.10gb.engines.decoder", "1")
                       .label("nvidia.com/mig-1g.10gb.engines.encoder", "0")
                       .label("nvidia.com/mig-1g.10gb.engines.jpeg", "1")
                       .label("nvidia.com/mig-1g.10gb.engines.ofa", "0"));
  const mig::Device& found = device(devices, "nvidia.com/mig-1g.10gb").device;
  EXPECT_EQ(found.memory, (mig::MemoryRange{9984, 9984}));
  EXPECT_EQ(found.multiprocessors, 16);
  EXPECT_EQ(found.engines, (mig::Engines{1, 1, 0, 1, 0}));
}

TEST(NodeDevices, BelieveTheLabelsRatherThanTheTable) {
  const std::vector<NodeDevice> devices =
      node_devices(make_node("n")
                       .label("nvidia.com/mig-1g.5gb.memory", "4711")
                       .label("nvidia.com/mig-1g.5gb.multiprocessors", "13"));
  EXPECT_EQ(device(devices, "nvidia.com/mig-1g.5gb").device.memory, (mig::MemoryRange{4711, 4711}));
  EXPECT_EQ(device(devices, "nvidia.com/mig-1g.5gb").device.multiprocessors, 13);
  EXPECT_NE(device(devices, "nvidia.com/mig-1g.5gb.me").device.multiprocessors, 13);
}

TEST(NodeDevices, IgnoreLabelsThatAreNoNumbers) {
  const std::vector<NodeDevice> plain = node_devices(make_node("n"));
  for (const char* value : {"many", "-1", "12x", "99999999999999", "0x10"}) {
    EXPECT_EQ(node_devices(make_node("n").label("nvidia.com/mig-1g.5gb.memory", value)), plain)
        << value;
  }
  EXPECT_EQ(node_devices(make_node("n").label("nvidia.com/mig-1g.5gb.memory", "0")), plain);
}

TEST(NodeDevices, KeepTheNameThatADriverMadeUp) {
  const std::vector<NodeDevice> devices =
      node_devices(make_node("n").offers("nvidia.com/mig-3g.21gb", 1));
  const NodeDevice drifted = device(devices, "nvidia.com/mig-3g.21gb");
  EXPECT_EQ(drifted.profile, (mig::Profile{3, 20, mig::ProfileVariant::plain}));
  EXPECT_EQ(drifted.device.memory_slices, 4);
  const std::vector<std::string> names = resources(devices);
  EXPECT_EQ(std::count(names.begin(), names.end(), "nvidia.com/mig-3g.20gb"), 0);
}

TEST(NodeDevices, ReadTheLabelsOfADriftedNameUnderThatName) {
  const std::vector<NodeDevice> devices =
      node_devices(make_node("n")
                       .offers("nvidia.com/mig-3g.21gb", 1)
                       .label("nvidia.com/mig-3g.21gb.memory", "20500")
                       .label("nvidia.com/mig-3g.20gb.memory", "1"));
  EXPECT_EQ(device(devices, "nvidia.com/mig-3g.21gb").device.memory,
            (mig::MemoryRange{20500, 20500}));
}

TEST(NodeDevices, MatchADriftedNameToTheNearestMemory) {
  // A100-40GB has 1g.5gb and, with double memory, 1g.10gb.
  const std::vector<NodeDevice> devices = node_devices(
      make_node("n").offers("nvidia.com/mig-1g.9gb", 1).offers("nvidia.com/mig-1g.6gb", 1));
  EXPECT_EQ(device(devices, "nvidia.com/mig-1g.9gb").device.memory_slices, 2);
  EXPECT_EQ(device(devices, "nvidia.com/mig-1g.6gb").device.memory_slices, 1);
}

TEST(NodeDevices, MatchADriftedNameOnlyToItsOwnVariant) {
  const std::vector<NodeDevice> devices =
      node_devices(make_node("n").offers("nvidia.com/mig-1g.6gb.me", 1));
  EXPECT_EQ(device(devices, "nvidia.com/mig-1g.6gb.me").profile,
            (mig::Profile{1, 5, mig::ProfileVariant::media}));
  device(devices, "nvidia.com/mig-1g.5gb");
}

TEST(NodeDevices, StateNothingAboutNamesTooFarFromTheTable) {
  for (const char* resource :
       {"nvidia.com/mig-1g.20gb", "nvidia.com/mig-5g.20gb", "nvidia.com/mig-1g.5gb.gfx",
        "nvidia.com/mig-1c.3g.20gb", "nvidia.com/mig-"}) {
    EXPECT_EQ(node_devices(make_node("n").offers(resource, 1)), node_devices(make_node("n")))
        << resource;
  }
}

TEST(NodeDevices, AreFirstTheSmallest) {
  const std::vector<NodeDevice> devices = node_devices(make_node("n"));
  const auto smaller = [](const NodeDevice& a, const NodeDevice& b) {
    return a.device.compute_slices < b.device.compute_slices;
  };
  EXPECT_TRUE(std::is_sorted(devices.begin(), devices.end(), smaller));
}

TEST(Repartitioning, IsWhatMigManagerSaysItIs) {
  const auto in_state = [](std::string_view state) {
    return is_being_repartitioned(make_node("n").label("nvidia.com/mig.config.state", state));
  };
  EXPECT_TRUE(in_state("pending"));
  EXPECT_TRUE(in_state("rebooting"));
  EXPECT_FALSE(in_state("success"));
  EXPECT_FALSE(in_state("failed"));
  EXPECT_FALSE(in_state(""));
}

}  // namespace
}  // namespace migadapter::cluster
