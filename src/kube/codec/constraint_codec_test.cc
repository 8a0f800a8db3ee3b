#include "kube/codec/constraint_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace migadapter::kube {
namespace {

using cluster::Constraints;
using cluster::Unmodelled;

/// The constraints of a pod with this spec.
Constraints constraints_of(const std::string& spec) {
  base::NamePool names;
  JsonReader reader;
  const auto root = reader.read(spec);
  EXPECT_TRUE(root.ok()) << spec;
  Constraints constraints = decode_constraints(*root, {base::Name("default"), {}}, names);
  EXPECT_FALSE(reader.problem()) << *reader.problem();
  return constraints;
}

std::string affinity(const std::string& kind, const std::string& when) {
  return R"({"affinity":{")" + kind + R"(":{")" + when +
         R"(DuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone"}]}}})";
}

std::string node_affinity(const std::string& term) {
  return R"({"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":)"
         R"({"nodeSelectorTerms":[)" +
         term + "]}}}}";
}

std::string volume(const std::string& source) {
  return R"({"volumes":[{"name":"v",")" + source + R"(":{}}]})";
}

struct Example {
  std::string spec;
  std::vector<Unmodelled> unmodelled;
};

TEST(Constraints, NameEveryFeatureThatIsNotModelled) {
  const std::vector<Example> examples = {
      {R"({"topologySpreadConstraints":[{"whenUnsatisfiable":"AsYetUnknown"}]})",
       {Unmodelled::topology_spread}},
      {volume("ephemeral"), {Unmodelled::volumes}},
      {volume("csi"), {Unmodelled::volumes}},
      {volume("iscsi"), {Unmodelled::volumes}},
      {volume("asYetUnknown"), {Unmodelled::volumes}},
      {R"({"resourceClaims":[{"name":"gpu"}]})", {Unmodelled::resource_claims}},
      {node_affinity(R"({"matchExpressions":[{"key":"k","operator":"Like","values":["v"]}]})"),
       {Unmodelled::unknown_operator}},
      {R"({"tolerations":[{"key":"k","operator":"Gt","value":"5"}]})",
       {Unmodelled::unknown_operator}},
      {R"({"tolerations":[{"key":"k","operator":"Lt","value":"5"}]})",
       {Unmodelled::unknown_operator}},
      {R"({"tolerations":[{"key":"k","operator":"Exists","effect":"NoEntry"}]})",
       {Unmodelled::unknown_operator}},
      {R"({"schedulingGroup":{"podGroupName":"g"}})", {Unmodelled::scheduling_group}},
      {R"({"workloadRef":{"name":"w"}})", {Unmodelled::scheduling_group}},
      {R"({"hostNetwork":true,"hostUsers":false})", {Unmodelled::declared_features}},
      {R"({"containers":[{"restartPolicyRules":[{"action":"RestartAllContainers"}]}]})",
       {Unmodelled::declared_features}},
      {R"({"initContainers":[{"volumeMounts":[{},{"bindMountOptions":["noexec"]}]}]})",
       {Unmodelled::declared_features}},
      {R"({"volumes":[{"csi":{}},{"csi":{}}],"resourceClaims":[{}]})",
       {Unmodelled::volumes, Unmodelled::resource_claims}},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(constraints_of(example.spec).unmodelled, example.unmodelled) << example.spec;
  }
}

TEST(Constraints, PassOverWhatKeepsNoPodOffANode) {
  const std::vector<std::string> harmless = {
      "{}",
      R"({"schedulerName":"default-scheduler"})",
      R"({"affinity":null})",
      affinity("podAffinity", "preferred"),
      affinity("podAntiAffinity", "preferred"),
      affinity("nodeAffinity", "preferred"),
      R"({"affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[]}}})",
      R"({"topologySpreadConstraints":[{"whenUnsatisfiable":"ScheduleAnyway"}]})",
      R"({"containers":[{"ports":[{"containerPort":80,"hostPort":0}]}]})",
      volume("configMap"),
      volume("secret"),
      volume("emptyDir"),
      volume("projected"),
      volume("downwardAPI"),
      volume("hostPath"),
      volume("nfs"),
      R"({"volumes":[{"name":"v","csi":null}]})",
      R"({"resourceClaims":[]})",
      R"({"initContainers":[{"ports":[{"hostPort":80}]}]})",
      R"({"resources":{"requests":{"cpu":"1"}}})",
      R"({"hostNetwork":true})",
      R"({"hostUsers":false})",
      R"({"containers":[{"restartPolicyRules":[{"action":"Restart"}],"volumeMounts":[{}]}]})",
  };
  for (const std::string& spec : harmless) EXPECT_EQ(constraints_of(spec), Constraints{}) << spec;
}

TEST(Constraints, OrderTheNodeSelectorByKey) {
  const Constraints constraints = constraints_of(R"({"nodeSelector":{"zone":"a","arch":"x"}})");
  const cluster::Labels expected = {{base::Name("arch"), base::Name("x")},
                                    {base::Name("zone"), base::Name("a")}};
  EXPECT_EQ(constraints.node_selector, expected);
}

TEST(Constraints, ReadEveryOperatorOfNodeAffinity) {
  using cluster::SelectorOperator;
  const std::vector<std::pair<std::string, SelectorOperator>> operators = {
      {"In", SelectorOperator::in},           {"NotIn", SelectorOperator::not_in},
      {"Exists", SelectorOperator::exists},   {"DoesNotExist", SelectorOperator::does_not_exist},
      {"Gt", SelectorOperator::greater_than}, {"Lt", SelectorOperator::less_than},
  };
  for (const auto& [text, op] : operators) {
    const Constraints constraints = constraints_of(node_affinity(
        R"({"matchFields":[{"key":"k","operator":")" + text + R"(","values":["v"]}]})"));
    ASSERT_EQ(constraints.node_affinity.size(), 1U);
    const cluster::SelectorExpression expected{base::Name("k"), op, {base::Name("v")}};
    EXPECT_EQ(constraints.node_affinity.front().fields, std::vector{expected});
    EXPECT_TRUE(constraints.unmodelled.empty());
  }
}

TEST(Constraints, KeepTermsWithoutExpressionsForTheyMatchNothing) {
  const Constraints constraints = constraints_of(node_affinity("{}"));
  EXPECT_TRUE(constraints.has_node_affinity);
  EXPECT_EQ(constraints.node_affinity, std::vector{cluster::NodeSelectorTerm{}});
}

TEST(Constraints, ReadTolerations) {
  using cluster::TaintEffect;
  const Constraints constraints = constraints_of(
      R"({"tolerations":[{"operator":"Exists"},{"key":"k","value":"v","effect":"NoSchedule"},)"
      R"({"key":"k","operator":"Equal","value":"w","effect":"NoExecute","tolerationSeconds":3}]})");
  const std::vector<cluster::Toleration> expected = {
      {base::Name(), base::Name(), true, true, TaintEffect::no_schedule},
      {base::Name("k"), base::Name("v"), false, false, TaintEffect::no_schedule},
      {base::Name("k"), base::Name("w"), false, false, TaintEffect::no_execute},
  };
  EXPECT_EQ(constraints.tolerations, expected);
}

TEST(Constraints, ReadThePortsThatContainersTakeOfTheHost) {
  const Constraints constraints = constraints_of(
      R"({"containers":[{"ports":[{"hostPort":80,"hostIP":"0.0.0.0"},{"containerPort":1}]}],)"
      R"("initContainers":[{"restartPolicy":"Always","ports":)"
      R"([{"hostPort":53,"hostIP":"10.0.0.1","protocol":"UDP"}]}]})");
  const std::vector<cluster::HostPort> expected = {{base::Name("10.0.0.1"), base::Name("UDP"), 53},
                                                   {base::Name(), base::Name("TCP"), 80}};
  EXPECT_EQ(constraints.host_ports, expected);
}

TEST(Constraints, NameTheVolumeClaims) {
  const Constraints constraints =
      constraints_of(R"({"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]})");
  EXPECT_EQ(constraints.volume_claims, std::vector{base::Name("data")});
  EXPECT_TRUE(constraints.unmodelled.empty());
}

TEST(Constraints, NameTheSchedulerUnlessItIsTheDefault) {
  EXPECT_EQ(constraints_of(R"({"schedulerName":"other"})").scheduler, "other");
  EXPECT_TRUE(constraints_of(R"({"schedulerName":"default-scheduler"})").scheduler.empty());
}

TEST(ConstraintsPool, GivesEqualConstraintsOneObject) {
  ConstraintsPool pool;
  const auto first = pool.share(constraints_of(R"({"nodeSelector":{"a":"b"}})"));
  const auto same = pool.share(constraints_of(R"({"nodeSelector":{"a":"b"}})"));
  const auto other = pool.share(constraints_of(R"({"nodeSelector":{"a":"c"}})"));
  EXPECT_EQ(first, same);
  EXPECT_NE(first, other);
}

TEST(ConstraintsPool, ForgetsWhatNoPodUsesAnyMore) {
  ConstraintsPool pool;
  for (int i = 0; i < 1000; ++i) {
    pool.share(constraints_of(R"({"nodeSelector":{"a":")" + std::to_string(i) + R"("}})"));
  }
  EXPECT_LE(pool.size(), 64U);
}

}  // namespace
}  // namespace migadapter::kube
