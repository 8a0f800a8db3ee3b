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
  constraints.unmodelled = {Unmodelled::host_ports};
  return constraints;
}

TEST(Labels, AreFoundByTheirKey) {
  const Labels labels = {{name("a"), name("1")}, {name("b"), name("")}, {name("d"), name("4")}};
  ASSERT_NE(find_label(labels, "a"), nullptr);
  EXPECT_EQ(*find_label(labels, "a"), "1");
  ASSERT_NE(find_label(labels, "b"), nullptr);
  EXPECT_TRUE(find_label(labels, "b")->empty());
  EXPECT_EQ(*find_label(labels, "d"), "4");
}

TEST(Labels, ThatAreNotThereAreNotFound) {
  const Labels labels = {{name("b"), name("2")}};
  EXPECT_EQ(find_label(labels, "a"), nullptr);
  EXPECT_EQ(find_label(labels, "c"), nullptr);
  EXPECT_EQ(find_label({}, "a"), nullptr);
}

TEST(Constraints, AreEqualWhenEveryPartIs) {
  EXPECT_EQ(sample(), sample());
}

TEST(Constraints, DifferWhenAnyPartDoes) {
  std::vector<Constraints> others(6, sample());
  others[0].node_selector.clear();
  others[1].has_node_affinity = false;
  others[2].node_affinity[0].labels[0].op = SelectorOperator::not_in;
  others[3].node_affinity[0].labels[0].values.pop_back();
  others[4].tolerations[0].effect = TaintEffect::no_execute;
  others[5].unmodelled.push_back(Unmodelled::volumes);
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
  EXPECT_EQ(to_string(Unmodelled::pod_anti_affinity), "spec.affinity.podAntiAffinity");
  EXPECT_EQ(to_string(Unmodelled::resource_claims), "spec.resourceClaims");
}

}  // namespace
}  // namespace migadapter::cluster
