#include "cluster/neighbour_index.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::make_pod;
using testing::name;
using testing::uid_of;

class NeighbourIndexTest : public ::testing::Test {
 protected:
  std::size_t groups() const { return index_.in_namespace(name("default")).size(); }

  Store store_;
  const NeighbourIndex& index_ = store_.snapshot().neighbours();
};

TEST_F(NeighbourIndexTest, PodsThatShareTheirLabelsAreOneGroup) {
  Pod first = make_pod("web-1").label("app", "web").on("n");
  Pod second = make_pod("web-2").on("n");
  second.labels = first.labels;
  store_.upsert(first);
  store_.upsert(second);
  ASSERT_EQ(groups(), 1U);
  EXPECT_EQ(index_.in_namespace(name("default")).begin()->second.size(), 2U);
}

TEST_F(NeighbourIndexTest, APodWithoutANodeIsNobodysNeighbour) {
  store_.upsert(make_pod("p").waiting().build());
  EXPECT_EQ(groups(), 0U);
  store_.upsert(make_pod("p").nominated_to("n").build());
  EXPECT_EQ(groups(), 1U);
  store_.upsert(make_pod("p").on("n").phase(PodPhase::succeeded).build());
  EXPECT_EQ(groups(), 0U);
  EXPECT_TRUE(index_.by_namespace().empty());
}

TEST_F(NeighbourIndexTest, AntiAffinityIsFoundUnderTheNamespacesItNames) {
  Constraints constraints;
  constraints.anti_affinity = {testing::term_for("web", "zone")};
  constraints.anti_affinity.front().namespaces = {name("train")};
  store_.upsert(make_pod("p").constrained(constraints).on("n").build());
  EXPECT_EQ(index_.repelling(name("train")).size(), 1U);
  EXPECT_TRUE(index_.repelling(name("default")).empty());
  EXPECT_TRUE(index_.repelling_by_label().empty());
  constraints.anti_affinity.front().namespaces_by_label.emplace();
  store_.upsert(make_pod("p").constrained(constraints).on("n").build());
  EXPECT_EQ(index_.repelling_by_label().size(), 1U);
  store_.remove_pod(uid_of("p"));
  EXPECT_TRUE(index_.repelling_by_label().empty());
  EXPECT_TRUE(index_.repelling(name("train")).empty());
}

TEST_F(NeighbourIndexTest, PortsOfTheHostAreFoundByTheNode) {
  Constraints constraints;
  constraints.host_ports = {{base::Name(), name("TCP"), 80}};
  store_.upsert(make_pod("p").constrained(constraints).on("n").build());
  EXPECT_EQ(index_.with_host_ports(name("n")).size(), 1U);
  EXPECT_TRUE(index_.with_host_ports(name("m")).empty());
}

}  // namespace
}  // namespace migadapter::cluster
