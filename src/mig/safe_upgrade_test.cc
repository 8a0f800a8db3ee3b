#include "mig/safe_upgrade.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "mig/model.h"

namespace migadapter::mig {
namespace {

const GpuModel& model(std::string_view name) {
  const GpuModel* const found = find_model(name);
  MIGADAPTER_CHECK(found != nullptr);
  return *found;
}

Device device(std::string_view model_name, std::string_view profile) {
  const ModelProfile* const found = find_profile(model(model_name), *parse_profile(profile));
  MIGADAPTER_CHECK(found != nullptr);
  return found->device;
}

// The relation of one model as text, a line for each profile that has an upgrade. Profiles are
// named by class, because their gigabytes differ from model to model: "1g", "1g+me", "1g double".
using Relation = std::string_view;

constexpr Relation kSevenSlices = R"(
1g -> 1g+me, 1g double, 2g, 3g, 4g, 7g
1g+me -> 7g
1g double -> 2g, 3g, 4g, 7g
2g -> 3g, 4g, 7g
3g -> 4g, 7g
4g -> 7g
)";

// The sources stop after the 2g, so nothing about 3g, 4g and 7g can be proved.
constexpr Relation kSevenSlicesKnownUpTo2g = R"(
1g -> 1g+me, 1g double, 2g
1g double -> 2g
)";

constexpr Relation kA30 = R"(
1g -> 1g+me, 2g, 2g+me, 4g
1g+me -> 2g+me, 4g
2g -> 2g+me, 4g
2g+me -> 4g
)";

constexpr Relation kRtxPro6000 = R"(
1g -> 1g+me, 1g+me.all, 2g, 2g+me.all, 4g
1g+me -> 1g+me.all, 2g+me.all, 4g
1g+gfx -> 2g+gfx, 4g+gfx
1g+me.all -> 2g+me.all, 4g
1g-me -> 1g, 1g+me, 1g+me.all, 2g, 2g+me.all, 2g-me, 4g
2g -> 2g+me.all, 4g
2g+gfx -> 4g+gfx
2g+me.all -> 4g
2g-me -> 2g, 2g+me.all, 4g
)";

// Memory, multiprocessors or engines have no source: refuse until a node's labels state them.
constexpr Relation kNothingProvable = "\n";

const std::map<std::string_view, Relation> kRelations = {
    {"A100-40GB", kSevenSlices},
    {"A100-80GB", kSevenSlices},
    {"A800-40GB", kNothingProvable},
    {"A800-80GB", kNothingProvable},
    {"PG506-232-96GB", kNothingProvable},
    {"A100-SXM-64GB", kNothingProvable},
    {"A30", kA30},
    {"H100-SXM5-80GB", kSevenSlices},
    {"H100-PCIe-80GB", kNothingProvable},
    {"H100-NVL-94GB", kSevenSlices},
    {"H100-SXM5-94GB", kNothingProvable},
    {"H100-96GB", kNothingProvable},
    {"H100-SXM5-64GB", kNothingProvable},
    {"H800-80GB", kNothingProvable},
    {"H800-NVL-94GB", kNothingProvable},
    {"H20-96GB", kNothingProvable},
    {"H20-141GB", kNothingProvable},
    {"H200-141GB", kSevenSlices},
    {"H200-NVL-141GB", kNothingProvable},
    {"GH200-96GB", kNothingProvable},
    {"GH200-144GB", kSevenSlicesKnownUpTo2g},
    {"B200-180GB", kSevenSlices},
    {"GB200-186GB", kSevenSlicesKnownUpTo2g},
    {"B300-269GB", kNothingProvable},
    {"GB300-278GB", kNothingProvable},
    {"RTX-PRO-6000-Blackwell-96GB", kRtxPro6000},
    {"RTX-PRO-5000-Blackwell-48GB", kNothingProvable},
    {"RTX-PRO-4500-Blackwell-32GB", kNothingProvable},
    {"Thor-iGPU", kNothingProvable},
};

std::string class_of(const GpuModel& gpu, const ModelProfile& profile) {
  const std::string name = to_string(profile.profile);
  const std::size_t gigabytes = name.find('.');
  const std::string text = name.substr(0, gigabytes) + name.substr(name.find("gb") + 2);
  const Profile& smallest = gpu.profiles.front().profile;
  const bool is_double = profile.profile.compute_slices == smallest.compute_slices &&
                         profile.profile.memory_gib > smallest.memory_gib;
  return is_double ? text + " double" : text;
}

std::string relation_of(const GpuModel& gpu) {
  std::string relation = "\n";
  for (const ModelProfile& demand : gpu.profiles) {
    std::string grants;
    for (const ModelProfile& grant : gpu.profiles) {
      if (safe_upgrade(demand.device, grant.device) != SafetyReason::safe) continue;
      grants += (grants.empty() ? "" : ", ") + class_of(gpu, grant);
    }
    if (!grants.empty()) relation += class_of(gpu, demand) + " -> " + grants + "\n";
  }
  return relation;
}

TEST(SafeUpgrade, IsTheTableOfSafeUpgradesForEveryModel) {
  EXPECT_EQ(kRelations.size(), gpu_models().size());
  for (const GpuModel& gpu : gpu_models()) {
    ASSERT_TRUE(kRelations.contains(gpu.name)) << gpu.name;
    EXPECT_EQ(relation_of(gpu), kRelations.at(gpu.name)) << gpu.name;
  }
}

TEST(SafeUpgrade, IsAStrictPartialOrderOnEveryModel) {
  for (const GpuModel& gpu : gpu_models()) {
    for (const ModelProfile& a : gpu.profiles) {
      for (const ModelProfile& b : gpu.profiles) {
        if (safe_upgrade(a.device, b.device) != SafetyReason::safe) continue;
        EXPECT_NE(safe_upgrade(b.device, a.device), SafetyReason::safe) << gpu.name;
        for (const ModelProfile& c : gpu.profiles) {
          if (safe_upgrade(b.device, c.device) != SafetyReason::safe) continue;
          EXPECT_EQ(safe_upgrade(a.device, c.device), SafetyReason::safe)
              << gpu.name << " " << to_string(a.profile) << " " << to_string(c.profile);
        }
      }
    }
  }
}

struct Refused {
  std::string_view model;
  std::string_view demand;
  std::string_view grant;
  SafetyReason reason;
};

TEST(SafeUpgrade, ARefusalNamesTheFirstPromiseThatWouldBeBroken) {
  const Refused table[] = {
      {"A100-40GB", "1g.5gb", "1g.5gb", SafetyReason::same_device},
      {"A100-40GB", "2g.10gb", "1g.10gb", SafetyReason::fewer_compute_slices},
      {"H100-SXM5-80GB", "1g.20gb", "1g.10gb+me", SafetyReason::fewer_multiprocessors},
      {"A100-40GB", "1g.10gb", "1g.5gb+me", SafetyReason::less_memory},
      {"A100-40GB", "1g.5gb+me", "4g.20gb", SafetyReason::fewer_engines},
      {"RTX-PRO-6000-Blackwell-96GB", "1g.24gb", "2g.48gb-me", SafetyReason::fewer_engines},
      {"RTX-PRO-6000-Blackwell-96GB", "1g.24gb", "2g.48gb+gfx", SafetyReason::graphics_differ},
      {"RTX-PRO-6000-Blackwell-96GB", "1g.24gb+gfx", "4g.96gb", SafetyReason::graphics_differ},
      {"A800-40GB", "1g.5gb", "2g.10gb", SafetyReason::unknown_facts},
      {"A800-40GB", "1g.5gb", "1g.5gb", SafetyReason::unknown_facts},
      {"A800-40GB", "2g.10gb", "1g.5gb", SafetyReason::fewer_compute_slices},
      {"B300-269GB", "1g.34gb", "1g.67gb", SafetyReason::unknown_facts},
      {"GH200-144GB", "2g.36gb", "3g.72gb", SafetyReason::unknown_facts},
  };
  for (const Refused& refused : table) {
    const Device demand = device(refused.model, refused.demand);
    const Device grant = device(refused.model, refused.grant);
    EXPECT_EQ(to_string(safe_upgrade(demand, grant)), to_string(refused.reason))
        << refused.model << ": " << refused.demand << " -> " << refused.grant;
  }
}

Device with_memory(Device device, MemoryRange memory) {
  device.memory = memory;
  return device;
}

TEST(SafeUpgrade, ComparesTheLeastMemoryOfTheGrantWithTheMostOfTheDemand) {
  const Device demand = with_memory(device("B200-180GB", "1g.23gb"), {20992, 22528});
  const Device grant = device("B200-180GB", "2g.45gb");
  EXPECT_EQ(safe_upgrade(demand, with_memory(grant, {22528, 45312})), SafetyReason::safe);
  EXPECT_EQ(safe_upgrade(demand, with_memory(grant, {22527, 45312})), SafetyReason::less_memory);
}

TEST(SafeUpgrade, EqualMemorySlicesAreEqualMemoryWhateverTheDriftOfTheNumbers) {
  const Device three = with_memory(device("A100-40GB", "3g.20gb"), {19968, 20224});
  const Device four = with_memory(device("A100-40GB", "4g.20gb"), {19968, 20096});
  EXPECT_EQ(safe_upgrade(three, four), SafetyReason::safe);
}

TEST(SafeUpgrade, ANodesLabelsCanProveWhatTheTableCannot) {
  Device demand = device("H100-PCIe-80GB", "1g.10gb");
  Device grant = device("H100-PCIe-80GB", "2g.20gb");
  demand.multiprocessors = 14;
  demand.memory = MemoryRange{9984, 9984};
  EXPECT_EQ(safe_upgrade(demand, grant), SafetyReason::unknown_facts);
  grant.multiprocessors = 28;
  grant.memory = MemoryRange{20096, 20096};
  EXPECT_EQ(safe_upgrade(demand, grant), SafetyReason::safe);
}

TEST(SafeUpgrade, CopyEnginesAreNotPromised) {
  Device demand = device("A100-40GB", "1g.5gb");
  Device grant = device("A100-40GB", "2g.10gb");
  demand.engines.copy = 9;
  EXPECT_EQ(safe_upgrade(demand, grant), SafetyReason::safe);
  grant.engines.copy.reset();
  EXPECT_EQ(safe_upgrade(demand, grant), SafetyReason::safe);
}

TEST(SafeUpgrade, EveryReasonHasANameAndASentence) {
  std::vector<std::string_view> names;
  for (const SafetyReason reason :
       {SafetyReason::safe, SafetyReason::same_device, SafetyReason::fewer_compute_slices,
        SafetyReason::fewer_multiprocessors, SafetyReason::less_memory, SafetyReason::fewer_engines,
        SafetyReason::graphics_differ, SafetyReason::unknown_facts}) {
    names.push_back(to_string(reason));
    EXPECT_TRUE(explain(reason).ends_with('.')) << to_string(reason);
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

/// The classes of every safe upgrade of `demand`, least waste first.
std::string ranking(std::string_view model_name, std::string_view demand) {
  const GpuModel& gpu = model(model_name);
  const Device demanded = device(model_name, demand);
  std::vector<std::pair<Waste, std::string>> ranked;
  for (const ModelProfile& grant : gpu.profiles) {
    if (safe_upgrade(demanded, grant.device) != SafetyReason::safe) continue;
    ranked.emplace_back(waste(demanded, grant.device), class_of(gpu, grant));
  }
  std::ranges::sort(ranked);
  std::string text;
  for (const auto& [wasted, name] : ranked) text += (text.empty() ? "" : ", ") + name;
  return text;
}

TEST(Waste, RanksMemoryThenComputeAndTheSingleMediaEnginesLast) {
  EXPECT_EQ(ranking("A100-40GB", "1g.5gb"), "1g double, 2g, 3g, 4g, 7g, 1g+me");
  EXPECT_EQ(ranking("A100-40GB", "1g.10gb"), "2g, 3g, 4g, 7g");
  EXPECT_EQ(ranking("A30", "1g.6gb"), "2g, 4g, 1g+me, 2g+me");
  EXPECT_EQ(ranking("RTX-PRO-6000-Blackwell-96GB", "1g.24gb-me"),
            "1g, 2g, 2g-me, 4g, 1g+me, 1g+me.all, 2g+me.all");
}

TEST(Waste, ADemandForTheMediaEnginesDoesNotWasteThem) {
  const Waste wasted = waste(device("A30", "1g.6gb+me"), device("A30", "2g.12gb+me"));
  EXPECT_EQ(wasted, (Waste{.memory_slices = 1, .compute_slices = 1, .takes_media_engines = false}));
}

TEST(Waste, OfTheSameDeviceIsNone) {
  const Device same = device("A100-40GB", "3g.20gb");
  EXPECT_EQ(waste(same, same), Waste{});
}

}  // namespace
}  // namespace migadapter::mig
