#include "mig/model.h"

#include <gtest/gtest.h>

namespace migadapter::mig {
namespace {

const GpuModel& model(std::string_view name) {
  const GpuModel* const found = find_model(name);
  MIGADAPTER_CHECK(found != nullptr);
  return *found;
}

const ModelProfile* profile_of(const GpuModel& gpu, std::string_view name) {
  return find_profile(gpu, *parse_profile(name));
}

TEST(Models, AllOfTheTableAreCompiledIn) {
  std::size_t profiles = 0;
  for (const GpuModel& gpu : gpu_models()) {
    EXPECT_EQ(find_model(gpu.name), &gpu);
    profiles += gpu.profiles.size();
  }
  EXPECT_EQ(gpu_models().size(), 29U);
  EXPECT_EQ(profiles, 197U);
  EXPECT_EQ(find_model("A100"), nullptr);
}

TEST(Models, TheTableIsExactForTheA100) {
  const GpuModel& a100 = model("A100-40GB");
  EXPECT_EQ(a100.architecture, "Ampere");
  EXPECT_EQ(a100.compute_slices, 7);
  EXPECT_EQ(a100.memory_slices, 8);
  EXPECT_EQ(a100.memory_gib, 40);
  EXPECT_EQ(a100.multiprocessors, 98);
  EXPECT_EQ(a100.engines, (Engines{7, 5, 0, 1, 1}));

  const ModelProfile& media = *profile_of(a100, "1g.5gb+me");
  EXPECT_EQ(media.id, 20);
  EXPECT_EQ(media.most, 1);
  EXPECT_EQ(media.placements.size(), 7U);
  EXPECT_EQ(media.device, (Device{.compute_slices = 1,
                                  .memory_slices = 1,
                                  .memory = MemoryRange{4864, 4864},
                                  .multiprocessors = 14,
                                  .engines = {1, 1, 0, 1, 1},
                                  .graphics = false,
                                  .takes_media_engines = true}));
}

TEST(Models, MemoryIsARangeWhereDriversDisagree) {
  EXPECT_EQ(profile_of(model("B200-180GB"), "1g.23gb")->device.memory, (MemoryRange{20992, 22528}));
}

TEST(Models, WhatNoSourceStatesStaysUnknown) {
  const ModelProfile& b300 = *profile_of(model("B300-269GB"), "1g.34gb");
  EXPECT_FALSE(b300.id.has_value());
  EXPECT_TRUE(b300.placements.empty());
  EXPECT_FALSE(b300.device.memory.has_value());
  EXPECT_EQ(b300.device.memory_slices, 0);
  EXPECT_EQ(b300.device.engines, Engines{});
  EXPECT_FALSE(profile_of(model("H100-PCIe-80GB"), "1g.10gb")->device.multiprocessors.has_value());
  EXPECT_TRUE(model("A100-SXM-64GB").profiles.empty());
  EXPECT_EQ(model("Thor-iGPU").memory_gib, 0);
}

TEST(Models, GraphicsAndMediaComeFromTheProfilesName) {
  const GpuModel& rtx = model("RTX-PRO-6000-Blackwell-96GB");
  EXPECT_TRUE(profile_of(rtx, "2g.48gb+gfx")->device.graphics);
  EXPECT_FALSE(profile_of(rtx, "2g.48gb")->device.graphics);
  EXPECT_TRUE(profile_of(rtx, "1g.24gb+me.all")->device.takes_media_engines);
  EXPECT_FALSE(profile_of(rtx, "1g.24gb-me")->device.takes_media_engines);
}

TEST(Models, AreFoundByEveryProductLabel) {
  for (const GpuModel& gpu : gpu_models()) {
    for (const std::string_view label : gpu.product_labels) {
      EXPECT_EQ(find_model_by_product(label), &gpu) << label;
      EXPECT_EQ(find_model_by_product(std::string(label) + "-MIG-1g.5gb.me-SHARED"), &gpu) << label;
    }
  }
}

TEST(Models, AreFoundByTheFormsThatFeatureDiscoveryWrites) {
  const GpuModel* const h100 = find_model("H100-SXM5-80GB");
  ASSERT_NE(h100, nullptr);
  EXPECT_EQ(find_model_by_product("NVIDIA-H100-80GB-HBM3"), h100);
  EXPECT_EQ(find_model_by_product("NVIDIA-H100-80GB-HBM3-SHARED"), h100);
  EXPECT_EQ(find_model_by_product("NVIDIA-H100-80GB-HBM3-MIG-1g.10gb"), h100);
  EXPECT_EQ(find_model_by_product("NVIDIA-H100-80GB-HBM3-MIG-INVALID"), h100);
}

TEST(Models, AnUnknownProductIsNoModel) {
  for (const std::string_view label :
       {"", "-SHARED", "-MIG-1g.5gb", "Tesla-T4", "NVIDIA-A100", "NVIDIA-A100-SXM4-40GB-"}) {
    EXPECT_EQ(find_model_by_product(label), nullptr) << label;
  }
}

TEST(Profiles, AreFoundByTheNamesOfOtherDrivers) {
  const GpuModel& a100 = model("A100-80GB");
  ASSERT_NE(profile_of(a100, "3g.39gb"), nullptr);
  EXPECT_EQ(profile_of(a100, "3g.39gb"), profile_of(a100, "3g.40gb"));
  const GpuModel& gb200 = model("GB200-186GB");
  EXPECT_EQ(profile_of(gb200, "1g.24gb+me"), profile_of(gb200, "1g.23gb+me"));
}

TEST(Profiles, OfAnotherModelAreNotFound) {
  EXPECT_EQ(profile_of(model("A100-40GB"), "1g.6gb"), nullptr);
  EXPECT_EQ(profile_of(model("A100-40GB"), "2g.10gb+me"), nullptr);
}

}  // namespace
}  // namespace migadapter::mig
