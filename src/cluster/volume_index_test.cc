#include "cluster/volume_index.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::name;

VolumeClaim claim_of(std::string_view uid) {
  VolumeClaim claim;
  claim.name_space = name("team");
  claim.name = name("data");
  claim.uid = name(uid);
  return claim;
}

TEST(VolumeIndex, FindsAClaimByItsNamespaceAndName) {
  VolumeIndex index;
  index.upsert(claim_of("1"));
  ASSERT_NE(index.find_claim(name("team"), name("data")), nullptr);
  EXPECT_EQ(index.find_claim(name("other"), name("data")), nullptr);
  index.remove_claim(name("1"));
  index.remove_claim(name("1"));
  EXPECT_EQ(index.find_claim(name("team"), name("data")), nullptr);
}

TEST(VolumeIndex, AClaimMadeAnewOutlivesTheNewsThatTheFormerIsGone) {
  VolumeIndex index;
  index.upsert(claim_of("1"));
  index.upsert(claim_of("2"));
  index.remove_claim(name("1"));
  ASSERT_NE(index.find_claim(name("team"), name("data")), nullptr);
  EXPECT_EQ(index.find_claim(name("team"), name("data"))->uid, "2");
}

TEST(VolumeIndex, WhatArrivesAgainReplacesTheFormer) {
  VolumeIndex index;
  Volume volume;
  volume.name = name("v");
  index.upsert(volume);
  volume.csi_driver = name("b");
  index.upsert(volume);
  EXPECT_EQ(index.find_volume(name("v"))->csi_driver, "b");
  index.remove_volume(name("v"));
  EXPECT_EQ(index.find_volume(name("v")), nullptr);
  index.upsert(VolumeDrivers{name("n"), {name("a")}});
  EXPECT_EQ(index.find_drivers(name("n"))->unlimited.size(), 1U);
  index.remove_drivers(name("n"));
  EXPECT_EQ(index.find_drivers(name("n")), nullptr);
}

}  // namespace
}  // namespace migadapter::cluster
