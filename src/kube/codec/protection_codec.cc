#include "kube/codec/protection_codec.h"

#include <array>

#include "cluster/annotations.h"
#include "kube/codec/metadata_codec.h"

namespace migadapter::kube {
namespace {

/// Labels and annotations by which a pod belongs to a group that starts, or restarts, as one.
constexpr std::array<std::string_view, 9> kGangKeys = {
    "pod-group.scheduling.sigs.k8s.io",       // coscheduling plugin, until 2022
    "pod-group.scheduling.sigs.k8s.io/name",  // the same
    "scheduling.x-k8s.io/pod-group",          // coscheduling plugin
    "scheduling.k8s.io/group-name",           // Volcano
    "pod-group-name",                         // KAI Scheduler
    "leaderworkerset.sigs.k8s.io/name",       // LeaderWorkerSet
    "jobset.sigs.k8s.io/jobset-name",         // JobSet
    "training.kubeflow.org/job-name",         // Kubeflow Trainer
    "ray.io/cluster",                         // KubeRay
};

constexpr std::string_view kKueuePrefix = "kueue.x-k8s.io/";

/// system-cluster-critical and system-node-critical have priorities from here on.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
constexpr std::int64_t kCriticalPriority = 2'000'000'000;

bool is_critical(JsonField spec) {
  const std::string_view priority_class = spec.at("priorityClassName").text();
  return priority_class == "system-cluster-critical" || priority_class == "system-node-critical" ||
         spec.at("priority").integer() >= kCriticalPriority;
}

bool is_queued_by_kueue(JsonField labels, JsonField spec) {
  for (const JsonField::Entry label : labels.entries()) {
    if (label.key.starts_with(kKueuePrefix)) return true;
  }
  for (const JsonField gate : spec.at("schedulingGates").items()) {
    if (gate.at("name").text().starts_with(kKueuePrefix)) return true;
  }
  return false;
}

bool is_in_gang(JsonField labels, JsonField annotations, JsonField spec) {
  if (spec.at("schedulingGroup").present() || spec.at("workloadRef").present()) return true;
  for (const std::string_view key : kGangKeys) {
    if (labels.at(key).present() || annotations.at(key).present()) return true;
  }
  return false;
}

/// Karpenter also takes a duration for "until so long after the start"; we take it for "forbidden".
bool forbids_disruption(JsonField annotations) {
  const JsonField karpenter = annotations.at("karpenter.sh/do-not-disrupt");
  const JsonField autoscaler = annotations.at("cluster-autoscaler.kubernetes.io/safe-to-evict");
  return (karpenter.present() && karpenter.text() != "false") || autoscaler.text() == "false";
}

}  // namespace

cluster::PodProtection decode_protection(JsonField metadata, JsonField spec) {
  const JsonField labels = metadata.at("labels");
  const JsonField annotations = metadata.at("annotations");
  cluster::PodProtection protection;
  protection.mirror = annotations.at("kubernetes.io/config.mirror").present();
  protection.critical_priority = is_critical(spec);
  protection.externally_queued = is_queued_by_kueue(labels, spec);
  protection.gang = is_in_gang(labels, annotations, spec);
  protection.upgrade_disabled = is_disabled(annotations, cluster::kUpgradeAnnotation);
  protection.restore_disabled = is_disabled(annotations, cluster::kRestoreAnnotation);
  protection.disruption_forbidden = forbids_disruption(annotations);
  return protection;
}

}  // namespace migadapter::kube
