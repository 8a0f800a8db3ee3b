#include "controller/refusals.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"

namespace migadapter::controller {
namespace {

using cluster::testing::make_pod;
using cluster::testing::owned_by;

cluster::testing::PodBuilder waiting(std::string_view name) {
  return make_pod(name).asks("nvidia.com/mig-1g.5gb").waiting();
}

decide::UpgradeDecision refusal() {
  decide::UpgradeDecision decision;
  decision.reason = decide::UpgradeReason::no_node_fits;
  return decision;
}

class RefusalsTest : public testing::Test {
 protected:
  RefusalsTest() { refusals_.remember(first_, refusal()); }
  bool knows(const cluster::Pod& pod) const { return refusals_.find(pod) != nullptr; }

  const cluster::Pod first_ = waiting("web-0");
  Refusals refusals_;
};

TEST_F(RefusalsTest, APodLikeARefusedOneOfItsOwnerIsRefusedAlike) {
  ASSERT_TRUE(knows(waiting("web-1")));
  EXPECT_EQ(refusals_.find(waiting("web-1"))->reason, decide::UpgradeReason::no_node_fits);
}

TEST_F(RefusalsTest, ThatOnePodWaitsItsTurnSaysNothingOfTheNext) {
  decide::UpgradeDecision waits;
  waits.reason = decide::UpgradeReason::fits_now;
  Refusals refusals;
  refusals.remember(first_, waits);
  EXPECT_EQ(refusals.find(waiting("web-1")), nullptr);
}

TEST_F(RefusalsTest, WhateverDecidesMayDiffer) {
  cluster::Constraints elsewhere;
  elsewhere.node_selector = {{base::Name("pool"), base::Name("b")}};
  cluster::PodProtection opted_out;
  opted_out.opt_outs.upgrade = base::Name("disabled");
  EXPECT_FALSE(knows(waiting("web-1").owner(owned_by("other"))));
  EXPECT_FALSE(knows(waiting("web-1").bare()));
  EXPECT_FALSE(knows(waiting("web-1").in("other")));
  EXPECT_FALSE(knows(waiting("web-1").priority(1)));
  EXPECT_FALSE(knows(waiting("web-1").uses("cpu", 1)));
  EXPECT_FALSE(knows(waiting("web-1").nominated_to("node")));
  EXPECT_FALSE(knows(waiting("web-1").constrained(elsewhere)));
  EXPECT_FALSE(knows(waiting("web-1").guarded(opted_out)));
  EXPECT_FALSE(knows(waiting("web-1").label("app", "web")));
  EXPECT_FALSE(knows(waiting("web-1").instead_of("nvidia.com/mig-1g.5gb")));
}

}  // namespace
}  // namespace migadapter::controller
