#include "decide/volumes.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"
#include "decide/neighbours.h"

namespace migadapter::decide {
namespace {

using cluster::Pod;
using cluster::SelectorOperator;
using cluster::Volume;
using cluster::VolumeClaim;
using cluster::testing::make_node;
using cluster::testing::make_pod;
using cluster::testing::name;

constexpr std::string_view kZone = "topology.kubernetes.io/zone";

/// A pod with claim "data", which is bound to volume "v"; nodes in zones a and b and in none.
class VolumesTest : public ::testing::Test {
 protected:
  VolumesTest() {
    store_.upsert(make_node("a").label(kZone, "a").build());
    store_.upsert(make_node("b").label(kZone, "b").build());
    store_.upsert(make_node("bare").build());
    claim_.name_space = name("default");
    claim_.name = name("data");
    claim_.uid = name("c");
    claim_.volume = name("v");
    claim_.bound = true;
    volume_.name = name("v");
    cluster::Constraints constraints;
    constraints.volume_claims = {name("data")};
    pod_ = make_pod("p").constrained(constraints);
    store();
  }

  void store() {
    store_.volumes().upsert(claim_);
    store_.volumes().upsert(volume_);
  }
  std::string problem() {
    store();
    return unmodelled_feature(store_.snapshot(), pod_);
  }
  std::string verdict(std::string_view node) {
    store();
    const auto& state = *store_.snapshot().find_node(name(node));
    return std::string(to_string(Neighbours(store_.snapshot(), pod_).judge(state)));
  }

  cluster::Store store_;
  VolumeClaim claim_;
  Volume volume_;
  Pod pod_;
};

TEST_F(VolumesTest, ABoundVolumeWithoutATopologyIsEverywhere) {
  EXPECT_EQ(problem(), "");
  EXPECT_EQ(verdict("a"), "Fits");
  EXPECT_EQ(verdict("bare"), "Fits");
}

TEST_F(VolumesTest, WhatIsNotBoundForGoodIsNotProvable) {
  claim_.bound = false;
  EXPECT_EQ(problem(), "PersistentVolumeClaim data is not bound");
  claim_.bound = true;
  claim_.usable = false;
  EXPECT_EQ(problem(), "PersistentVolumeClaim data is lost or being deleted");
  claim_.usable = true;
  claim_.for_one_pod = true;
  EXPECT_EQ(problem(), "PersistentVolumeClaim data is ReadWriteOncePod");
  claim_.for_one_pod = false;
  volume_.attached_in_tree = true;
  EXPECT_EQ(problem(), "PersistentVolumeClaim data is bound to a volume of an in-tree plugin");
  store_.volumes().remove_volume(name("v"));
  EXPECT_EQ(unmodelled_feature(store_.snapshot(), pod_),
            "PersistentVolumeClaim data is bound to a volume that is not known");
  store_.volumes().remove_claim(name("c"));
  EXPECT_EQ(unmodelled_feature(store_.snapshot(), pod_),
            "PersistentVolumeClaim data does not exist");
}

TEST_F(VolumesTest, TheVolumesNodeAffinityMustAllowTheNode) {
  volume_.has_node_affinity = true;
  volume_.node_affinity = {{{{name(kZone), SelectorOperator::in, {name("a")}}}, {}}};
  EXPECT_EQ(verdict("a"), "Fits");
  EXPECT_EQ(verdict("b"), "VolumeElsewhere");
  EXPECT_EQ(verdict("bare"), "VolumeElsewhere");
}

TEST_F(VolumesTest, TheVolumesZoneMustBeTheNodesIfThatHasAny) {
  volume_.zones = {{name(kZone), {name("a"), name("c")}}};
  EXPECT_EQ(verdict("a"), "Fits");
  EXPECT_EQ(verdict("b"), "VolumeElsewhere");
  EXPECT_EQ(verdict("bare"), "Fits");
  volume_.zones = {{name("failure-domain.beta.kubernetes.io/zone"), {name("b")}}};
  EXPECT_EQ(verdict("a"), "VolumeElsewhere");
  EXPECT_EQ(verdict("b"), "Fits");
}

TEST_F(VolumesTest, ACsiDriverMustBeOnTheNodeAndAttachAnyNumber) {
  volume_.csi_driver = name("files.example.com");
  EXPECT_EQ(verdict("a"), "VolumesLimited");
  store_.volumes().upsert(cluster::VolumeDrivers{name("a"), {name("files.example.com")}});
  EXPECT_EQ(verdict("a"), "Fits");
  store_.volumes().upsert(cluster::VolumeDrivers{name("a"), {name("disks.example.com")}});
  EXPECT_EQ(verdict("a"), "VolumesLimited");
}

TEST_F(VolumesTest, AResourceThatADeviceClassServesIsNotProvable) {
  const Pod pod = make_pod("q").asks("nvidia.com/mig-1g.5gb");
  store_.upsert(cluster::DeviceClass{name("mig-small"), name("nvidia.com/mig-1g.5gb")});
  EXPECT_EQ(unmodelled_feature(store_.snapshot(), pod),
            "DeviceClass mig-small serves nvidia.com/mig-1g.5gb");
  store_.remove_device_class(name("mig-small"));
  EXPECT_EQ(unmodelled_feature(store_.snapshot(), pod), "");
}

}  // namespace
}  // namespace migadapter::decide
