#include "mig/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>

namespace migadapter::mig {
namespace {

const GpuModel& model(std::string_view name) {
  const GpuModel* const found = find_model(name);
  MIGADAPTER_CHECK(found != nullptr);
  return *found;
}

PlacedInstance at(int start, std::string_view profile, int size) {
  return {*parse_profile(profile), {start, size}};
}

std::vector<int> free_starts(const GpuModel& gpu, const Geometry& geometry,
                             std::string_view profile) {
  std::vector<int> starts;
  for (const Placement& placement : free_placements(gpu, geometry, *parse_profile(profile))) {
    starts.push_back(placement.start);
  }
  return starts;
}

using Starts = std::vector<int>;

TEST(Geometry, TheBalancedLayoutOfAnA100IsLegalAndFull) {
  const GpuModel& a100 = model("A100-40GB");
  const Geometry balanced = {at(0, "2g.10gb", 2), at(2, "1g.5gb", 1), at(3, "1g.5gb", 1),
                             at(4, "3g.20gb", 4)};
  EXPECT_EQ(check_geometry(a100, balanced), GeometryReason::legal);
  for (const ModelProfile& profile : a100.profiles) {
    EXPECT_TRUE(free_placements(a100, balanced, profile.profile).empty())
        << to_string(profile.profile);
  }
}

struct Broken {
  std::string_view sentence;
  std::string_view model;
  Geometry geometry;
  GeometryReason reason;
};

TEST(Geometry, EveryRuleIsNamedWhenItIsBroken) {
  const Broken table[] = {
      {"an A30 profile on an A100",
       "A100-40GB",
       {at(0, "1g.6gb", 1)},
       GeometryReason::unknown_profile},
      {"a model without known placements",
       "B300-269GB",
       {at(0, "1g.34gb", 1)},
       GeometryReason::unknown_profile},
      {"a 2g at 6 although 6 and 7 are free",
       "A100-40GB",
       {at(6, "2g.10gb", 2)},
       GeometryReason::illegal_placement},
      {"a 1g at 7", "A100-40GB", {at(7, "1g.5gb", 1)}, GeometryReason::illegal_placement},
      {"a 1g of the wrong size",
       "RTX-PRO-6000-Blackwell-96GB",
       {at(0, "1g.24gb", 1)},
       GeometryReason::illegal_placement},
      {"a 1g inside a 3g",
       "A100-40GB",
       {at(0, "3g.20gb", 4), at(3, "1g.5gb", 1)},
       GeometryReason::overlap},
      {"the same instance twice",
       "A100-40GB",
       {at(0, "1g.5gb", 1), at(0, "1g.5gb", 1)},
       GeometryReason::overlap},
      {"two instances with the media engines",
       "A100-40GB",
       {at(0, "1g.5gb+me", 1), at(1, "1g.5gb+me", 1)},
       GeometryReason::too_many},
      {"a 1g+me and a 2g+me for one set of media engines",
       "A30",
       {at(0, "1g.6gb+me", 1), at(2, "2g.12gb+me", 2)},
       GeometryReason::engines_exhausted},
      {"every media engine and one more",
       "RTX-PRO-6000-Blackwell-96GB",
       {at(0, "1g.24gb+me.all", 3), at(3, "1g.24gb", 3)},
       GeometryReason::engines_exhausted},
  };
  for (const Broken& broken : table) {
    EXPECT_EQ(to_string(check_geometry(model(broken.model), broken.geometry)),
              to_string(broken.reason))
        << broken.sentence;
  }
}

TEST(Geometry, BesideEveryMediaEngineOnlyInstancesWithoutMediaFit) {
  const GpuModel& rtx = model("RTX-PRO-6000-Blackwell-96GB");
  const Geometry geometry = {at(0, "1g.24gb+me.all", 3)};
  EXPECT_EQ(free_starts(rtx, geometry, "1g.24gb-me"), (Starts{3, 6, 9}));
  EXPECT_EQ(free_starts(rtx, geometry, "1g.24gb"), Starts{});
  EXPECT_EQ(free_starts(rtx, geometry, "2g.48gb-me"), Starts{6});
}

TEST(Geometry, APlacementDecidesWhatElseFits) {
  const GpuModel& a100 = model("A100-40GB");
  EXPECT_EQ(free_starts(a100, {at(0, "3g.20gb", 4)}, "1g.5gb"), (Starts{4, 5, 6}));
  EXPECT_EQ(free_starts(a100, {at(4, "3g.20gb", 4)}, "1g.5gb"), (Starts{0, 1, 2, 3}));
  EXPECT_EQ(free_starts(a100, {at(0, "3g.20gb", 4)}, "1g.10gb"), (Starts{4, 6}));
  EXPECT_EQ(free_starts(a100, {at(5, "1g.5gb", 1)}, "3g.20gb"), Starts{0});
  EXPECT_EQ(free_starts(a100, {at(3, "1g.5gb", 1)}, "4g.20gb"), Starts{});
}

TEST(Geometry, TwoFreeMemorySlicesMayFitNo2g) {
  const GpuModel& a100 = model("A100-40GB");
  const Geometry fragmented = {at(0, "1g.5gb", 1), at(2, "2g.10gb", 2), at(4, "3g.20gb", 4)};
  EXPECT_EQ(free_starts(a100, fragmented, "1g.5gb"), Starts{1});
  EXPECT_EQ(free_starts(a100, fragmented, "2g.10gb"), Starts{});
}

TEST(Geometry, AProfileThatTheModelDoesNotHaveFitsNowhere) {
  EXPECT_EQ(free_starts(model("A100-40GB"), {}, "1g.6gb"), Starts{});
}

TEST(GeometryDeathTest, AskingBesideAnIllegalGeometryIsABug) {
  EXPECT_DEATH(free_starts(model("A100-40GB"), {at(7, "1g.5gb", 1)}, "1g.5gb"), "check failed");
}

/// Collects every layout of the profiles to which none of them can be added.
class MaximalLayouts {
 public:
  MaximalLayouts(const GpuModel& gpu, std::vector<Profile> profiles)
      : gpu_(gpu), profiles_(std::move(profiles)) {
    extend({});
  }

  std::size_t placed() const { return layouts_.size(); }

  std::size_t multisets() const {
    std::set<std::multiset<Profile>> distinct;
    for (const Geometry& layout : layouts_) {
      std::multiset<Profile> profiles;
      for (const PlacedInstance& instance : layout) profiles.insert(instance.profile);
      distinct.insert(profiles);
    }
    return distinct.size();
  }

 private:
  void extend(const Geometry& geometry) {
    if (!seen_.insert(geometry).second) return;
    bool maximal = true;
    for (const Profile& profile : profiles_) {
      for (const Placement& placement : free_placements(gpu_, geometry, profile)) {
        maximal = false;
        Geometry larger = geometry;
        larger.push_back({profile, placement});
        std::ranges::sort(larger, {}, &PlacedInstance::placement);
        extend(larger);
      }
    }
    if (maximal) layouts_.insert(geometry);
  }

  const GpuModel& gpu_;
  const std::vector<Profile> profiles_;
  std::set<Geometry> seen_;
  std::set<Geometry> layouts_;
};

bool is_double_memory(const GpuModel& gpu, const ModelProfile& profile) {
  return profile.device.compute_slices == 1 &&
         profile.device.memory_slices > gpu.profiles.front().device.memory_slices;
}

std::vector<Profile> plain_profiles(const GpuModel& gpu, bool with_double_memory) {
  std::vector<Profile> plain;
  for (const ModelProfile& profile : gpu.profiles) {
    const bool wanted = with_double_memory || !is_double_memory(gpu, profile);
    if (profile.profile.variant == ProfileVariant::plain && wanted) {
      plain.push_back(profile.profile);
    }
  }
  return plain;
}

TEST(Geometry, ASevenSliceGpuHas19MaximalLayoutsOf14Multisets) {
  for (const GpuModel& gpu : gpu_models()) {
    if (gpu.memory_slices != 8) continue;
    const MaximalLayouts layouts(gpu, plain_profiles(gpu, false));
    EXPECT_EQ(layouts.placed(), 19U) << gpu.name;
    EXPECT_EQ(layouts.multisets(), 14U) << gpu.name;
  }
}

TEST(Geometry, ASevenSliceGpuHas78MaximalLayoutsOf38MultisetsWithDoubleMemory) {
  for (const std::string_view name : {"A100-40GB", "A800-40GB", "H100-SXM5-80GB", "B200-180GB"}) {
    const MaximalLayouts layouts(model(name), plain_profiles(model(name), true));
    EXPECT_EQ(layouts.placed(), 78U) << name;
    EXPECT_EQ(layouts.multisets(), 38U) << name;
  }
}

TEST(Geometry, AFourSliceGpuHas5MaximalLayoutsOf4Multisets) {
  for (const std::string_view name : {"A30", "RTX-PRO-6000-Blackwell-96GB"}) {
    const MaximalLayouts layouts(model(name), plain_profiles(model(name), true));
    EXPECT_EQ(layouts.placed(), 5U) << name;
    EXPECT_EQ(layouts.multisets(), 4U) << name;
  }
}

}  // namespace
}  // namespace migadapter::mig
