#include "decide/admit.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "cluster/testing.h"
#include "decide/annotations.h"

namespace migadapter::decide {
namespace {

using cluster::ContainerKind;
using cluster::ReviewedContainer;
using cluster::ReviewedPod;
using cluster::Rule;
using cluster::RuleState;
using cluster::testing::make_rule;
using cluster::testing::mig;
using cluster::testing::name;
using cluster::testing::owned_by;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kMiddle = "nvidia.com/mig-2g.10gb";

/// A pod of ReplicaSet "web" whose one container asks for one small instance.
ReviewedPod reviewed() {
  ReviewedPod pod;
  pod.name_space = name("default");
  pod.owner = owned_by("web");
  pod.containers = {{false, 0, mig(kSmall), true, true}};
  return pod;
}

std::string reason_for(const ReviewedPod& pod, const std::vector<RuleState>& rules) {
  return std::string(to_string(admit(pod, rules).reason));
}

std::vector<std::string> lines(const AdmitDecision& decision) {
  std::vector<std::string> all;
  for (const auto& [op, path, value] : decision.patch) all.push_back(op + " " + path + " " + value);
  return all;
}

TEST(Admit, AMatchingRuleMovesTheKeyInBothMapsAndMarksThePod) {
  const AdmitDecision decision = admit(reviewed(), {{make_rule("r1"), false}});
  EXPECT_EQ(decision.reason, AdmitReason::patched);
  EXPECT_EQ(decision.rule_id, "r1");
  const std::vector<std::string> expected = {
      "remove /spec/containers/0/resources/limits/nvidia.com~1mig-1g.5gb ",
      "add /spec/containers/0/resources/limits/nvidia.com~1mig-2g.10gb \"1\"",
      "remove /spec/containers/0/resources/requests/nvidia.com~1mig-1g.5gb ",
      "add /spec/containers/0/resources/requests/nvidia.com~1mig-2g.10gb \"1\"",
      R"(add /metadata/annotations {"migadapter.io/demand":"{\"main\":{\"nvidia.com/mig-1g.5gb\":1}}",)"
      R"("migadapter.io/granted":"{\"main\":{\"nvidia.com/mig-2g.10gb\":1}}","migadapter.io/rule":"r1"})",
  };
  EXPECT_EQ(lines(decision), expected);
}

TEST(Admit, AContainerThatAsksForTheGrantTooLosesNoDevice) {
  ReviewedPod pod = reviewed();
  pod.containers.push_back({false, 0, mig(kMiddle, 2), true, true});
  Rule rule = make_rule("r1");
  rule.demand = {mig(kSmall), mig(kMiddle, 2)};
  const auto all = lines(admit(pod, {{rule, false}}));
  EXPECT_EQ(all.at(1), "add /spec/containers/0/resources/limits/nvidia.com~1mig-2g.10gb \"3\"");
  EXPECT_NE(
      all.back().find(R"("migadapter.io/granted":"{\"main\":{\"nvidia.com/mig-2g.10gb\":3}}")"),
      std::string::npos);
}

TEST(Admit, AnnotationsAreAddedOneByOneWhereTheMapExists) {
  ReviewedPod pod = reviewed();
  pod.has_annotations = true;
  const auto all = lines(admit(pod, {{make_rule("r1"), false}}));
  EXPECT_EQ(all.back(), "add /metadata/annotations/migadapter.io~1rule \"r1\"");
  EXPECT_EQ(all.size(), 7U);
}

TEST(Admit, AGrantThatIsTheDemandOnlyMarksThePod) {
  const Rule rule = make_rule("r1", kSmall, kSmall);
  const AdmitDecision decision = admit(reviewed(), {{rule, false}});
  EXPECT_EQ(decision.reason, AdmitReason::patched);
  ASSERT_EQ(decision.patch.size(), 1U);
  EXPECT_EQ(decision.patch[0].path, "/metadata/annotations");
}

TEST(Admit, TheOldestRuleThatNoOtherReviewHoldsIsTaken) {
  const RuleState first{make_rule("r1"), true};
  const RuleState second{make_rule("r2"), false};
  const RuleState third{make_rule("r3"), false};
  EXPECT_EQ(admit(reviewed(), {first, second, third}).rule_id, "r2");
  EXPECT_EQ(reason_for(reviewed(), {first}), "AllClaimed");
}

TEST(Admit, EveryRefusalHasItsReason) {
  const std::vector<RuleState> rules = {{make_rule("r1"), false}};
  ReviewedPod pod = reviewed();
  pod.containers.clear();
  EXPECT_EQ(reason_for(pod, rules), "NoMigResource");
  pod = reviewed();
  pod.has_grant_annotation = true;
  EXPECT_EQ(reason_for(pod, rules), "AlreadyPatched");
  pod = reviewed();
  pod.owner.reset();
  EXPECT_EQ(reason_for(pod, rules), "NoOwner");
  EXPECT_EQ(reason_for(reviewed(), {}), "NoRule");
  EXPECT_TRUE(admit(reviewed(), {}).patch.empty());
}

TEST(Admit, APodOfAnIndexedJobTakesTheRuleOfItsIndex) {
  RuleState of_three{make_rule("r1"), false};
  of_three.rule.completion_index = "3";
  ReviewedPod pod = reviewed();
  EXPECT_EQ(reason_for(pod, {of_three}), "DemandDiffers");
  pod.completion_index = "30";
  EXPECT_EQ(reason_for(pod, {of_three}), "DemandDiffers");
  pod.completion_index = "3";
  EXPECT_EQ(reason_for(pod, {of_three}), "Patched");
}

TEST(Admit, ARuleOfAnotherOwnerOrNamespaceIsNoRule) {
  ReviewedPod pod = reviewed();
  pod.owner = owned_by("api");
  EXPECT_EQ(reason_for(pod, {{make_rule("r1"), false}}), "NoRule");
  pod = reviewed();
  pod.name_space = name("other");
  EXPECT_EQ(reason_for(pod, {{make_rule("r1"), false}}), "NoRule");
}

TEST(Admit, ADemandThatDiffersInAnythingIsLeftAlone) {
  const auto reason = [](std::vector<ReviewedContainer> containers) {
    ReviewedPod pod = reviewed();
    pod.containers = std::move(containers);
    return reason_for(pod, {{make_rule("r1"), false}});
  };
  EXPECT_EQ(reason({{false, 0, mig(kSmall, 2), true, true}}), "DemandDiffers");
  EXPECT_EQ(reason({{false, 0, mig(kMiddle), true, true}}), "DemandDiffers");
  EXPECT_EQ(reason({{false, 0, mig(kSmall, 1, "other"), true, true}}), "DemandDiffers");
  EXPECT_EQ(reason({{true, 0, mig(kSmall, 1, "main", ContainerKind::init), true, true}}),
            "DemandDiffers");
  EXPECT_EQ(reason({{false, 0, mig(kSmall), true, true}, {false, 1, mig(kSmall, 1, "b"), true}}),
            "DemandDiffers");
}

TEST(Admit, AStatefulSetsRuleIsForThePodOfThatName) {
  Rule rule = make_rule("r1");
  rule.pod_name = "web-1";
  ReviewedPod pod = reviewed();
  pod.name = "web-0";
  EXPECT_EQ(reason_for(pod, {{rule, false}}), "DemandDiffers");
  pod.name = "web-1";
  EXPECT_EQ(reason_for(pod, {{rule, false}}), "Patched");
}

TEST(Admit, AProbeIsAnsweredWhateverThePod) {
  ReviewedPod pod = reviewed();
  pod.probe = "n0nce";
  pod.has_annotations = true;
  const AdmitDecision decision = admit(pod, {{make_rule("r1"), false}});
  EXPECT_EQ(decision.reason, AdmitReason::probe_answered);
  EXPECT_EQ(decision.rule_id, "");
  EXPECT_EQ(
      lines(decision),
      std::vector<std::string>{"add /metadata/annotations/migadapter.io~1probe-answer \"n0nce\""});
}

/// The resource maps of a pod by the path of the map, and a patch applied to them as RFC 6902 says.
using ResourceMaps = std::map<std::string, std::set<std::string>>;

ResourceMaps maps_of(const ReviewedPod& pod) {
  ResourceMaps maps;
  for (const ReviewedContainer& container : pod.containers) {
    const std::string base = std::string("/spec/") +
                             (container.init ? "initContainers/" : "containers/") +
                             std::to_string(container.index) + "/resources/";
    const std::string key = container.request.resource.str();
    if (container.in_limits) maps[base + "limits"].insert(key);
    if (container.in_requests) maps[base + "requests"].insert(key);
  }
  return maps;
}

std::string unescaped(std::string step) {
  for (auto at = step.find("~1"); at != std::string::npos; at = step.find("~1")) {
    step.replace(at, 2, "/");
  }
  return step;
}

void apply_patch(const AdmitDecision& decision, ResourceMaps& maps) {
  for (const auto& [op, path, value] : decision.patch) {
    if (path.starts_with("/metadata/annotations")) continue;
    const auto cut = path.rfind('/');
    const auto map = maps.find(path.substr(0, cut));
    ASSERT_NE(map, maps.end()) << path;
    const std::string key = unescaped(path.substr(cut + 1));
    if (op == "remove") {
      EXPECT_EQ(map->second.erase(key), 1U) << "nothing to remove at " << path;
    } else {
      EXPECT_TRUE(map->second.insert(key).second) << "replaces a key at " << path;
    }
  }
}

TEST(Admit, ThePatchOfAnyContainersAppliesAndLeavesNoOrphanKey) {
  for (int shape = 0; shape < 64; ++shape) {
    SCOPED_TRACE(shape);
    ReviewedPod pod = reviewed();
    pod.containers = {
        {true, 2, mig(kSmall, 1, "init", ContainerKind::init), (shape & 1) != 0, (shape & 2) != 0},
        {true, 3, mig(kSmall, 1, "sidecar", ContainerKind::sidecar), (shape & 4) != 0, true},
        {false, 0, mig(kSmall, 2), true, (shape & 8) != 0},
        {false, 5, mig(kSmall, 1, "last"), (shape & 16) != 0, (shape & 32) != 0}};
    Rule rule = make_rule("r1");
    rule.demand.clear();
    for (const auto& container : pod.containers) rule.demand.push_back(container.request);
    ResourceMaps maps = maps_of(pod);
    apply_patch(admit(pod, {{rule, false}}), maps);
    for (const auto& [path, keys] : maps) {
      EXPECT_EQ(keys, std::set<std::string>{std::string(kMiddle)}) << path;
    }
  }
}

TEST(Annotation, HoldsTheContainersInThePodsOrder) {
  EXPECT_EQ(to_annotation({}), "{}");
  EXPECT_EQ(to_annotation({mig(kSmall)}), R"({"main":{"nvidia.com/mig-1g.5gb":1}})");
  EXPECT_EQ(to_annotation({mig(kSmall, 2, "b"), mig(kMiddle, 1, "b"), mig(kSmall, 1, "a")}),
            R"({"b":{"nvidia.com/mig-1g.5gb":2,"nvidia.com/mig-2g.10gb":1},)"
            R"("a":{"nvidia.com/mig-1g.5gb":1}})");
  EXPECT_EQ(to_annotation({mig(kSmall, 1, "a\"\\\n")}),
            R"({"a\"\\\u000a":{"nvidia.com/mig-1g.5gb":1}})");
}

TEST(Admit, EveryReasonHasAWordAndASentence) {
  for (int each = 0; each <= static_cast<int>(AdmitReason::all_claimed); ++each) {
    const auto reason = static_cast<AdmitReason>(each);
    EXPECT_TRUE(std::isupper(to_string(reason).front()));
    EXPECT_TRUE(explain(reason).ends_with('.'));
  }
}

}  // namespace
}  // namespace migadapter::decide
