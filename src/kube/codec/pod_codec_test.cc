#include "kube/codec/pod_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kube/codec/resource_codec.h"

namespace migadapter::kube {
namespace {

constexpr const char* kMigContainer =
    R"({"name":"main","resources":{"limits":{"nvidia.com/mig-1g.5gb":"1"}}})";

/// A pod given by the insides of its metadata, spec and status.
std::string pod_json(const std::string& metadata, const std::string& spec,
                     const std::string& status) {
  return R"({"metadata":{)" + metadata + R"(},"spec":{)" + spec + R"(},"status":{)" + status + "}}";
}

cluster::Pod decoded(const std::string& json) {
  base::NamePool names;
  PodCodec codec(names);
  JsonReader reader;
  const auto root = reader.read(json);
  EXPECT_TRUE(root.ok()) << json;
  cluster::Pod pod = codec.decode(*root);
  EXPECT_FALSE(reader.problem()) << *reader.problem();
  return pod;
}

cluster::Pod with_spec(const std::string& spec) {
  return decoded(pod_json("", spec, ""));
}

cluster::PodProtection protection_of(const std::string& metadata, const std::string& spec = "") {
  return decoded(pod_json(metadata, spec, "")).protection;
}

TEST(PodCodec, AddsUpWhatTheSchedulerAddsUp) {
  const cluster::Pod pod = with_spec(
      R"("overhead":{"cpu":"250m"},"initContainers":[)"
      R"({"name":"i","resources":{"requests":{"cpu":"3","memory":"1Ki"}}},)"
      R"({"name":"s","restartPolicy":"Always","resources":{"requests":{"cpu":"1"}}}],)"
      R"("containers":[{"name":"a","resources":{"requests":{"cpu":"500m","memory":"2Ki",)"
      R"("hugepages-2Mi":"4Mi","attachable-volumes-aws-ebs":"9","example.com/disk":"2"}}},)"
      R"({"name":"b","resources":{"limits":{"cpu":"1","ephemeral-storage":"5"}}}])");
  const cluster::ResourceList expected = {
      {base::Name("cpu"), 3250},
      {base::Name("memory"), 2048},
      {base::Name("ephemeral-storage"), 5},
      {base::Name("hugepages-2Mi"), 4'194'304},
      {base::Name("example.com/disk"), 2},
  };
  EXPECT_EQ(pod.requests, expected);
}

TEST(PodCodec, AbsurdAmountsAreCutOffAndNeverOverflow) {
  const std::string most = R"("resources":{"limits":{"memory":"9223372036854775807",)"
                           R"("nvidia.com/mig-1g.5gb":"9223372036854775807"}}})";
  const cluster::Pod pod =
      with_spec(R"("containers":[{"name":"a",)" + most + R"(,{"name":"b",)" + most + "]");
  EXPECT_EQ(pod.requests.of("memory"), kMostAmount);
  EXPECT_EQ(pod.requests.of("nvidia.com/mig-1g.5gb"), kMostAmount);
  EXPECT_EQ(pod.mig_requests.front().count, kMostAmount);
}

TEST(PodCodec, LetsPodLevelResourcesTakeThePlaceOfTheSum) {
  const cluster::Pod pod =
      with_spec(R"("resources":{"requests":{"cpu":"2"}},"overhead":{"cpu":"1m"},)"
                R"("containers":[{"name":"a","resources":{"requests":{"cpu":"5","memory":"7"}}}])");
  EXPECT_EQ(pod.requests.of("cpu"), 2001);
  EXPECT_EQ(pod.requests.of("memory"), 7);
}

TEST(PodCodec, CountsAStatusOnlyOnceThePodIsBound) {
  const std::string containers =
      R"("containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}}])";
  const std::string status =
      R"("containerStatuses":[{"name":"a","resources":{"requests":{"cpu":"4"}}}])";
  EXPECT_EQ(decoded(pod_json("", containers, status)).requests.of("cpu"), 1000);
  EXPECT_EQ(decoded(pod_json("", containers + R"(,"nodeName":"n")", status)).requests.of("cpu"),
            4000);
}

TEST(PodCodec, KnowsAPodThatWaitsForCapacity) {
  const auto scheduled = [](const std::string& status, const std::string& reason) {
    return decoded(pod_json("", "",
                            R"("conditions":[{"type":"Ready","status":"False"},)"
                            R"({"type":"PodScheduled","status":")" +
                                status + R"(","reason":")" + reason + R"("}])"));
  };
  EXPECT_TRUE(scheduled("False", "Unschedulable").unschedulable);
  EXPECT_FALSE(scheduled("False", "SchedulingGated").unschedulable);
  EXPECT_FALSE(scheduled("False", "SchedulerError").unschedulable);
  EXPECT_FALSE(scheduled("True", "Unschedulable").unschedulable);
}

TEST(PodCodec, ReadsEveryPhase) {
  using cluster::PodPhase;
  const std::vector<std::pair<std::string, PodPhase>> phases = {
      {"Pending", PodPhase::pending},     {"Running", PodPhase::running},
      {"Succeeded", PodPhase::succeeded}, {"Failed", PodPhase::failed},
      {"Unknown", PodPhase::unknown},     {"Resting", PodPhase::unknown},
  };
  for (const auto& [text, phase] : phases) {
    EXPECT_EQ(decoded(pod_json("", "", R"("phase":")" + text + "\"")).phase, phase) << text;
  }
}

TEST(PodCodec, ProtectsWhatMustBeLeftAlone) {
  EXPECT_EQ(protection_of(""), cluster::PodProtection{});
  EXPECT_TRUE(protection_of(R"("annotations":{"kubernetes.io/config.mirror":"x"})").mirror);
  EXPECT_TRUE(
      protection_of("", R"("priorityClassName":"system-cluster-critical")").critical_priority);
  EXPECT_TRUE(protection_of("", R"("priority":2000000000)").critical_priority);
  EXPECT_FALSE(protection_of("", R"("priority":1000000000)").critical_priority);
  EXPECT_TRUE(protection_of(R"("labels":{"kueue.x-k8s.io/queue-name":"q"})").externally_queued);
  EXPECT_TRUE(protection_of("", R"("schedulingGates":[{"name":"kueue.x-k8s.io/admission"}])")
                  .externally_queued);
  EXPECT_TRUE(protection_of(R"("annotations":{"kueue.x-k8s.io/workload":"w"})").externally_queued);
}

TEST(PodCodec, KeepsOptOutsAsTheyAreWritten) {
  const auto said = [](const std::string& annotation) {
    return protection_of(R"("annotations":{)" + annotation + "}").opt_outs;
  };
  EXPECT_EQ(said(R"("migadapter.io/upgrade":"disabled")").upgrade, "disabled");
  EXPECT_EQ(said(R"("migadapter.io/restore":"of course")").restore, "of course");
  EXPECT_EQ(said(R"("migadapter.io/largest-grant":"2g.10gb")").largest_grant, "2g.10gb");
  EXPECT_EQ(said(R"("migadapter.io/upgrade":"")").upgrade, "(empty)");
  EXPECT_EQ(said(R"("migadapter.io/upgrade":")" + std::string(65, 'x') + "\"").upgrade,
            "(too long)");
  EXPECT_EQ(said(R"("migadapter.io/demand":"{}")"), cluster::OptOuts{});
}

TEST(PodCodec, KnowsTheGroupsThatRestartTogether) {
  for (const std::string key : {"pod-group.scheduling.sigs.k8s.io", "scheduling.x-k8s.io/pod-group",
                                "scheduling.k8s.io/group-name", "leaderworkerset.sigs.k8s.io/name",
                                "ray.io/cluster", "jobset.sigs.k8s.io/jobset-name",
                                "yunikorn.apache.org/task-group-name", "grove.io/podgang"}) {
    EXPECT_TRUE(protection_of(R"("labels":{")" + key + R"(":"g"})").gang) << key;
    EXPECT_TRUE(protection_of(R"("annotations":{")" + key + R"(":"g"})").gang) << key;
  }
  EXPECT_TRUE(protection_of("", R"("schedulingGroup":{"podGroupName":"g"})").gang);
}

TEST(PodCodec, HonoursTheOptOutsOfOtherTools) {
  const auto time = [](const std::string& annotation) {
    return protection_of(R"("annotations":{)" + annotation + "}").undisturbed_for;
  };
  constexpr base::Millis kForEver = base::Millis::max();
  constexpr base::Millis kNotAtAll{0};
  EXPECT_EQ(time(R"("karpenter.sh/do-not-disrupt":"true")"), kForEver);
  EXPECT_EQ(time(R"("karpenter.sh/do-not-disrupt":"maybe")"), kForEver);
  EXPECT_EQ(time(R"("karpenter.sh/do-not-disrupt":"4h")"), std::chrono::hours(4));
  EXPECT_EQ(time(R"("karpenter.sh/do-not-disrupt":"1.5h")"), kForEver);
  EXPECT_EQ(time(R"("karpenter.sh/do-not-disrupt":"false")"), kNotAtAll);
  EXPECT_EQ(time(R"("cluster-autoscaler.kubernetes.io/safe-to-evict":"false")"), kForEver);
  EXPECT_EQ(time(R"("cluster-autoscaler.kubernetes.io/safe-to-evict":"true")"), kNotAtAll);
  EXPECT_EQ(time(R"("descheduler.alpha.kubernetes.io/prefer-no-eviction":"")"), kForEver);
  EXPECT_EQ(time(R"("descheduler.alpha.kubernetes.io/evict":"true")"), kNotAtAll);
}

TEST(PodCodec, TellsTheControllerFromOtherOwners) {
  const cluster::Pod pod = decoded(
      pod_json(R"("ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n","uid":"1"},)"
               R"({"apiVersion":"example.com/v1","kind":"ReplicaSet","name":"r","uid":"2",)"
               R"("controller":true}])",
               "", ""));
  ASSERT_TRUE(pod.owner);
  EXPECT_EQ(pod.owner->kind, cluster::OwnerKind::other);  // not the ReplicaSet of apps/v1
  EXPECT_EQ(pod.owner->kind_name, "ReplicaSet");
  EXPECT_EQ(pod.owner->group, "example.com");
  EXPECT_EQ(pod.owner->uid, "2");
}

TEST(PodCodec, KeepsConstraintsOnlyOfPodsThatAskForAnInstance) {
  const std::string selector = R"("nodeSelector":{"a":"b"},"containers":[)";
  EXPECT_EQ(*with_spec(selector + R"({"name":"main"}])").constraints, cluster::Constraints{});
  EXPECT_FALSE(with_spec(selector + kMigContainer + "]").constraints->node_selector.empty());
}

TEST(PodCodec, KeepsOfEveryPodWhatMattersToItsNeighbours) {
  const cluster::Pod pod = decoded(
      pod_json(R"("namespace":"team","labels":{"b":"2","a":"1"})",
               R"("nodeSelector":{"a":"b"},"containers":[{"ports":[{"hostPort":80}]}],"affinity":)"
               R"({"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{}]}})",
               ""));
  EXPECT_EQ(cluster::labels_of(pod), (cluster::Labels{{base::Name("a"), base::Name("1")},
                                                      {base::Name("b"), base::Name("2")}}));
  ASSERT_EQ(pod.constraints->anti_affinity.size(), 1U);
  EXPECT_EQ(pod.constraints->anti_affinity.front().namespaces, std::vector{base::Name("team")});
  EXPECT_EQ(pod.constraints->host_ports.size(), 1U);
  EXPECT_TRUE(pod.constraints->node_selector.empty());
}

TEST(PodCodec, SeesThatAClaimServesThePod) {
  const cluster::Pod pod =
      decoded(pod_json("", std::string(R"("containers":[)") + kMigContainer + "]",
                       R"("extendedResourceClaimStatus":{"resourceClaimName":"c"})"));
  EXPECT_EQ(pod.constraints->unmodelled, std::vector{cluster::Unmodelled::resource_claims});
}

/// A pod with an init, a sidecar and an app container, granted 2g, with this annotation.
std::optional<cluster::GrantRecord> granted_by(const std::string& annotation,
                                               const std::string& json) {
  std::string quoted;
  for (const char c : json) quoted += c == '"' ? std::string("\\\"") : std::string(1, c);
  const std::string resources = R"("resources":{"limits":{"nvidia.com/mig-2g.10gb":"1"}}})";
  return decoded(
             pod_json(R"("annotations":{"migadapter.io/rule":"r","other":"x",")" + annotation +
                          R"(":")" + quoted + R"("})",
                      R"("initContainers":[{"name":"i",)" + resources +
                          R"(,{"name":"s","restartPolicy":"Always"}],"containers":[{"name":"a",)" +
                          resources + "]",
                      ""))
      .granted;
}

TEST(GrantCodec, ReadsOurRecordInTheOrderOfTheContainers) {
  using cluster::ContainerKind;
  const auto granted =
      granted_by("migadapter.io/demand",
                 R"({"a":{"nvidia.com/mig-1g.5gb":2},"i":{"nvidia.com/mig-1g.5gb":1}})");
  ASSERT_TRUE(granted);
  const base::Name small("nvidia.com/mig-1g.5gb");
  const cluster::MigRequests expected = {{base::Name("i"), ContainerKind::init, small, 1},
                                         {base::Name("a"), ContainerKind::app, small, 2}};
  EXPECT_EQ(granted->demand, expected);
  EXPECT_EQ(granted->rule_id, "r");
}

TEST(GrantCodec, CompletesTheGoAdaptersRecordFromTheSpec) {
  using cluster::ContainerKind;
  const auto granted = granted_by("adapter.gpu.turbonomic.ibm.com/original",
                                  R"({"a":{"limits":{"cpu":"1","nvidia.com/mig-1g.5gb":"1"},)"
                                  R"("requests":{"nvidia.com/mig-1g.5gb":"1"}}})");
  ASSERT_TRUE(granted);
  const cluster::MigRequests expected = {
      {base::Name("i"), ContainerKind::init, base::Name("nvidia.com/mig-2g.10gb"), 1},
      {base::Name("a"), ContainerKind::app, base::Name("nvidia.com/mig-1g.5gb"), 1}};
  EXPECT_EQ(granted->demand, expected);
  EXPECT_EQ(granted->rule_id, "");
}

TEST(GrantCodec, TakesWhatItCannotReadForNoRecord) {
  for (const std::string text :
       {"", "{}", "[]", "7", "{", R"({"a":{}})", R"({"a":[]})", R"({"a":{"cpu":1}})",
        R"({"a":{"nvidia.com/mig-1g.5gb":0}})", R"({"a":{"nvidia.com/mig-1g.5gb":-1}})",
        R"({"a":{"nvidia.com/mig-1g.5gb":"1"}})", R"({"a":{"nvidia.com/mig-1g.5gb":1.5}})",
        R"({"gone":{"nvidia.com/mig-1g.5gb":1}})",
        R"({"a":{"nvidia.com/mig-1g.5gb":1},"gone":{}})"}) {
    EXPECT_FALSE(granted_by("migadapter.io/demand", text)) << text;
  }
  for (const std::string text : {"", "[]", "{", R"({"gone":{}})", R"({"a":7})",
                                 R"({"a":{"limits":{"nvidia.com/mig-1g.5gb":"x"}}})"}) {
    EXPECT_FALSE(granted_by("adapter.gpu.turbonomic.ibm.com/original", text)) << text;
  }
}

}  // namespace
}  // namespace migadapter::kube
