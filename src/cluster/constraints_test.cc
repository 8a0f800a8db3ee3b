#include "cluster/constraints.h"

#include <gtest/gtest.h>

#include <set>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::name;

Constraints sample() {
  Constraints constraints;
  constraints.node_selector = {{name("disk"), name("ssd")}};
  constraints.has_node_affinity = true;
  constraints.node_affinity = {
      {{{name("zone"), SelectorOperator::in, {name("a"), name("b")}}}, {}}};
  constraints.tolerations = {{name("gpu"), name(""), true, true, TaintEffect::no_schedule}};
  constraints.unmodelled = {Unmodelled::topology_spread};
  return constraints;
}

TEST(Constraints, AreEqualWhenEveryPartIs) {
  EXPECT_EQ(sample(), sample());
}

TEST(Constraints, DifferWhenAnyPartDoes) {
  std::vector<Constraints> others(11, sample());
  others[0].node_selector.clear();
  others[1].has_node_affinity = false;
  others[2].node_affinity[0].labels[0].op = SelectorOperator::not_in;
  others[3].node_affinity[0].labels[0].values.pop_back();
  others[4].tolerations[0].effect = TaintEffect::no_execute;
  others[5].unmodelled.push_back(Unmodelled::volumes);
  others[6].scheduler = name("another");
  others[7].affinity = {testing::term_for("web", "zone")};
  others[8].anti_affinity = {testing::term_for("web", "zone")};
  others[9].spread.emplace_back();
  others[10].host_ports.emplace_back();
  for (const Constraints& other : others) EXPECT_NE(other, sample());
}

TEST(Unmodelled, EveryFeatureHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int feature = 0; feature < kUnmodelledCount; ++feature) {
    names.insert(to_string(static_cast<Unmodelled>(feature)));
  }
  EXPECT_EQ(names.size(), std::size_t{kUnmodelledCount});
  EXPECT_FALSE(names.contains(""));
}

TEST(Unmodelled, IsNamedAfterTheFieldThatAsksForIt) {
  EXPECT_EQ(to_string(Unmodelled::volumes), "spec.volumes");
  EXPECT_EQ(to_string(Unmodelled::resource_claims), "spec.resourceClaims");
}

}  // namespace
}  // namespace migadapter::cluster
