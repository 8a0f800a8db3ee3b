#include "decide/patched_pod.h"

#include <gtest/gtest.h>

#include "cluster/store.h"
#include "cluster/testing.h"
#include "decide/placement_rules.h"

namespace migadapter::decide {
namespace {

using cluster::Constraints;
using cluster::Pod;
using cluster::testing::make_node;
using cluster::testing::make_pod;
using cluster::testing::mig;
using cluster::testing::name;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kLarge = "nvidia.com/mig-2g.10gb";

Constraints tolerating(std::string_view resource) {
  Constraints constraints;
  constraints.tolerations = {{name(resource), {}, true, false, cluster::TaintEffect::no_schedule}};
  return constraints;
}

/// Whether the pod with the grant tolerates a node that is tainted for the resource.
bool tolerates(const cluster::Store& store, const Pod& pod, std::string_view grant,
               std::string_view tainted) {
  const Pod patched = patched_pod(store.snapshot(), pod, {mig(grant)});
  return tolerates_node(patched.constraints->tolerations, make_node("n").taint(tainted));
}

TEST(PatchedPod, AsksForTheGrantAndForAllElseAsBefore) {
  const cluster::Store store;
  const Pod pod = make_pod("p").asks(kSmall).uses("cpu", 500);
  const Pod patched = patched_pod(store.snapshot(), pod, {mig(kLarge)});
  EXPECT_EQ(patched.requests, (cluster::ResourceList{{name(kLarge), 1}, {name("cpu"), 500}}));
  EXPECT_EQ(patched.mig_requests, cluster::MigRequests{mig(kLarge)});
  EXPECT_EQ(patched.constraints, pod.constraints);
  EXPECT_EQ(patched.uid, pod.uid);
}

TEST(PatchedPod, ToleratesItsNewResourceOnlyWhereTheApiServerAddsThat) {
  cluster::SchedulerFacts facts;
  const Pod pod = make_pod("p").asks(kSmall);
  EXPECT_FALSE(tolerates(cluster::Store(facts), pod, kLarge, kLarge));
  facts.tolerates_extended_resources = true;
  EXPECT_TRUE(tolerates(cluster::Store(facts), pod, kLarge, kLarge));
  EXPECT_FALSE(tolerates(cluster::Store(facts), pod, kLarge, "nvidia.com/mig-3g.20gb"));
}

TEST(PatchedPod, LosesWhatItToleratedForAnEarlierGrant) {
  const cluster::Store store;
  const auto upgraded = make_pod("p").asks(kLarge).instead_of(kSmall);
  auto by_grant = upgraded;
  by_grant.constrained(tolerating(kLarge));
  EXPECT_FALSE(tolerates(store, by_grant, kSmall, kLarge));
  auto by_demand = upgraded;
  by_demand.constrained(tolerating(kSmall));
  EXPECT_TRUE(tolerates(store, by_demand, kSmall, kSmall));
  EXPECT_TRUE(
      tolerates(store, make_pod("q").asks(kSmall).constrained(tolerating(kSmall)), kLarge, kSmall));
}

}  // namespace
}  // namespace migadapter::decide
