#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"
#include "decide/neighbours.h"

namespace migadapter::decide {
namespace {

using cluster::Constraints;
using cluster::Pod;
using cluster::testing::make_node;
using cluster::testing::make_pod;
using cluster::testing::name;

Constraints with_port(std::int64_t port) {
  Constraints constraints;
  constraints.host_ports = {{base::Name(), name("TCP"), port}};
  return constraints;
}

class HostPortTest : public ::testing::Test {
 protected:
  HostPortTest() { store_.upsert(make_node("n").build()); }
  std::string_view verdict(const Pod& pod) const {
    const cluster::NodeState& node = *store_.snapshot().find_node(name("n"));
    return to_string(Neighbours(store_.snapshot(), pod).judge(node));
  }

  cluster::Store store_;
};

TEST_F(HostPortTest, APodWithAHostPortTakenThereDoesNotFit) {
  store_.upsert(make_pod("server").constrained(with_port(80)).on("n").build());
  EXPECT_EQ(verdict(make_pod("p").constrained(with_port(80))), "HostPortTaken");
  EXPECT_EQ(verdict(make_pod("p").constrained(with_port(81))), "Fits");
  EXPECT_EQ(verdict(make_pod("p")), "Fits");
}

TEST_F(HostPortTest, APortOnAnotherNodeIsFree) {
  store_.upsert(make_pod("server").constrained(with_port(80)).on("m").build());
  EXPECT_EQ(verdict(make_pod("p").constrained(with_port(80))), "Fits");
}

TEST_F(HostPortTest, ThePredecessorHoldsItsPortsUntilItIsGone) {
  const auto server = make_pod("p").constrained(with_port(80)).on("n");
  store_.upsert(server.build());
  EXPECT_EQ(verdict(server), "HostPortTaken");
  auto ordered = server;
  ordered.owner(cluster::testing::owned_by("db", cluster::OwnerKind::stateful_set));
  EXPECT_EQ(verdict(ordered), "Fits");
}

TEST_F(HostPortTest, APodThatIsBeingMovedMayTakeItsPortAnywhere) {
  const Pod moving = make_pod("moving").constrained(with_port(80));
  store_.hold({"r", name("elsewhere"), {}, cluster::successor_of(moving)});
  EXPECT_EQ(verdict(make_pod("p").constrained(with_port(80))), "NeighbourMoving");
  EXPECT_EQ(verdict(make_pod("p").constrained(with_port(81))), "Fits");
}

}  // namespace
}  // namespace migadapter::decide
