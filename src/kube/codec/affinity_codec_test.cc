#include "kube/codec/affinity_codec.h"

#include <gtest/gtest.h>

#include <string>

namespace migadapter::kube {
namespace {

using cluster::AffinityTerm;
using cluster::SelectorExpression;
using cluster::SelectorOperator;
using cluster::SpreadConstraint;
using cluster::Unmodelled;

base::Name name(std::string_view text) {
  return base::Name(text);
}

/// What a spec says in a pod of namespace "team" with the labels app=web and hash=1.
struct Decoded {
  std::vector<AffinityTerm> terms;
  std::vector<SpreadConstraint> spread;
  UnmodelledSet unmodelled;
};

Decoded decoded(const std::string& spec) {
  base::NamePool names;
  JsonReader reader;
  const auto root = reader.read(spec);
  EXPECT_TRUE(root.ok()) << spec;
  Decoded result;
  const cluster::Labels labels = {{name("app"), name("web")}, {name("hash"), name("1")}};
  AffinityCodec codec({name("team"), labels}, names, result.unmodelled);
  result.terms = codec.decode_terms(*root, "podAffinity");
  result.spread = codec.decode_spread(*root);
  EXPECT_FALSE(reader.problem()) << *reader.problem();
  return result;
}

Decoded with_term(const std::string& term) {
  return decoded(
      R"({"affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[)" + term +
      R"(],"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1}]}}})");
}

Decoded with_spread(const std::string& constraint) {
  return decoded(R"({"topologySpreadConstraints":[{"maxSkew":2,"topologyKey":"zone",)" +
                 constraint + "}]}");
}

const SelectorExpression kApp{name("app"), SelectorOperator::in, {name("web")}};

TEST(AffinityCodec, ATermIsOfThePodsOwnNamespaceUnlessItSaysOtherwise) {
  const std::string selector = R"("topologyKey":"zone","labelSelector":{"matchLabels":{"a":"b"}})";
  const AffinityTerm own = with_term("{" + selector + "}").terms.front();
  EXPECT_EQ(own.topology_key, "zone");
  EXPECT_EQ(own.namespaces, std::vector{name("team")});
  EXPECT_FALSE(own.namespaces_by_label);
  const AffinityTerm named = with_term("{" + selector + R"(,"namespaces":["x"]})").terms.front();
  EXPECT_EQ(named.namespaces, std::vector{name("x")});
  const AffinityTerm all = with_term("{" + selector + R"(,"namespaceSelector":{}})").terms.front();
  EXPECT_TRUE(all.namespaces.empty());
  ASSERT_TRUE(all.namespaces_by_label);
  EXPECT_TRUE(all.namespaces_by_label->selects_everything());
}

TEST(AffinityCodec, ASelectorIsItsLabelsAndItsExpressions) {
  const AffinityTerm term =
      with_term(R"({"labelSelector":{"matchLabels":{"app":"web"},"matchExpressions":)"
                R"([{"key":"tier","operator":"DoesNotExist"}]}})")
          .terms.front();
  const SelectorExpression tier{name("tier"), SelectorOperator::does_not_exist, {}};
  EXPECT_EQ(term.pods.expressions, (std::vector{kApp, tier}));
  EXPECT_TRUE(with_term("{}").terms.front().pods.selects_nothing);
  EXPECT_TRUE(with_term(R"({"labelSelector":{}})").terms.front().pods.selects_everything());
}

TEST(AffinityCodec, KeysOfThePodsLabelsAreMergedOnce) {
  const SelectorExpression same{name("hash"), SelectorOperator::in, {name("1")}};
  const SelectorExpression other{name("hash"), SelectorOperator::not_in, {name("1")}};
  const auto merged = [](const std::string& selector, const std::string& keys) {
    return with_term(R"({"labelSelector":)" + selector + "," + keys + "}").terms.front().pods;
  };
  EXPECT_EQ(merged("{}", R"("matchLabelKeys":["hash","gone"])").expressions, std::vector{same});
  EXPECT_EQ(merged("{}", R"("mismatchLabelKeys":["hash"])").expressions, std::vector{other});
  EXPECT_EQ(merged(R"({"matchExpressions":[{"key":"hash","operator":"In","values":["1"]}]})",
                   R"("matchLabelKeys":["hash"])")
                .expressions,
            std::vector{same});
  EXPECT_TRUE(merged("null", R"("matchLabelKeys":["hash"])").selects_nothing);
}

TEST(AffinityCodec, WhatIsUnknownIsNotedAndWidensTheSelector) {
  const Decoded odd =
      with_term(R"({"labelSelector":{"matchExpressions":[{"key":"k","operator":"Like"}]}})");
  EXPECT_TRUE(odd.unmodelled.test(static_cast<std::size_t>(Unmodelled::unknown_operator)));
  EXPECT_TRUE(odd.terms.front().pods.selects_everything());
}

TEST(AffinityCodec, OnlyASpreadThatForbidsIsRead) {
  EXPECT_TRUE(with_spread(R"("whenUnsatisfiable":"ScheduleAnyway")").spread.empty());
  EXPECT_EQ(with_spread(R"("whenUnsatisfiable":"DoNotSchedule")").spread.size(), 1U);
  const Decoded odd = with_spread(R"("whenUnsatisfiable":"AsYetUnknown")");
  EXPECT_TRUE(odd.unmodelled.test(static_cast<std::size_t>(Unmodelled::topology_spread)));
}

TEST(AffinityCodec, ASpreadHasTheDefaultsOfTheScheduler) {
  const SpreadConstraint spread =
      with_spread(R"("whenUnsatisfiable":"DoNotSchedule","labelSelector":{})").spread.front();
  EXPECT_EQ(spread.max_skew, 2);
  EXPECT_EQ(spread.min_domains, 1);
  EXPECT_EQ(spread.topology_key, "zone");
  EXPECT_TRUE(spread.honours_node_affinity);
  EXPECT_FALSE(spread.honours_taints);
}

TEST(AffinityCodec, ASpreadSaysWhatItHonoursAndWhichPodsOfTheOwnerCount) {
  const SpreadConstraint spread =
      with_spread(R"("whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":)"
                  R"({"app":"web"}},"matchLabelKeys":["hash"],"minDomains":3,)"
                  R"("nodeAffinityPolicy":"Ignore","nodeTaintsPolicy":"Honor")")
          .spread.front();
  const SelectorExpression hash{name("hash"), SelectorOperator::in, {name("1")}};
  EXPECT_EQ(spread.pods.expressions, (std::vector{kApp, hash}));
  EXPECT_EQ(spread.min_domains, 3);
  EXPECT_FALSE(spread.honours_node_affinity);
  EXPECT_TRUE(spread.honours_taints);
  const Decoded odd =
      with_spread(R"("whenUnsatisfiable":"DoNotSchedule","nodeTaintsPolicy":"Perhaps")");
  EXPECT_TRUE(odd.unmodelled.test(static_cast<std::size_t>(Unmodelled::topology_spread)));
}

}  // namespace
}  // namespace migadapter::kube
