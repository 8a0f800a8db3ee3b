#include "kube/codec/protection_codec.h"

#include <array>

#include "kube/codec/duration.h"
#include "kube/codec/metadata_codec.h"

namespace migadapter::kube {
namespace {

/// Labels and annotations by which a pod belongs to a group that starts, or restarts, as one.
constexpr std::array<std::string_view, 11> kGangKeys = {
    "pod-group.scheduling.sigs.k8s.io",       // coscheduling plugin, until 2022
    "pod-group.scheduling.sigs.k8s.io/name",  // the same
    "scheduling.x-k8s.io/pod-group",          // coscheduling plugin
    "scheduling.k8s.io/group-name",           // Volcano
    "pod-group-name",                         // KAI Scheduler
    "leaderworkerset.sigs.k8s.io/name",       // LeaderWorkerSet
    "jobset.sigs.k8s.io/jobset-name",         // JobSet
    "training.kubeflow.org/job-name",         // Kubeflow Trainer
    "ray.io/cluster",                         // KubeRay
    "yunikorn.apache.org/task-group-name",    // Apache YuniKorn
    "grove.io/podgang",                       // Grove
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

bool is_gated_by_kueue(JsonField spec) {
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

/// "true", or for how long after the start. Karpenter itself passes over what is neither; we take
/// it for "true", as we do a time that is not of whole hours, minutes and seconds.
base::Millis undisturbed_by_karpenter(JsonField annotation) {
  if (!annotation.present() || annotation.text() == "false") return base::Millis{0};
  const base::Result<base::Millis> duration = parse_duration(annotation.text());
  return duration.ok() ? *duration : base::Millis::max();
}

/// https://karpenter.sh/docs/concepts/disruption/#pod-level-controls,
/// https://kubernetes.io/docs/reference/labels-annotations-taints/,
/// https://github.com/kubernetes-sigs/descheduler#pod-evictions
base::Millis undisturbed_for(JsonField annotations) {
  const bool by_autoscaler =
      annotations.at("cluster-autoscaler.kubernetes.io/safe-to-evict").text() == "false";
  const bool by_descheduler =
      annotations.at("descheduler.alpha.kubernetes.io/prefer-no-eviction").present();
  if (by_autoscaler || by_descheduler) return base::Millis::max();
  return undisturbed_by_karpenter(annotations.at("karpenter.sh/do-not-disrupt"));
}

}  // namespace

bool has_kueue_key(JsonField map) {
  for (const JsonField::Entry entry : map.entries()) {
    if (entry.key.starts_with(kKueuePrefix)) return true;
  }
  return false;
}

cluster::PodProtection decode_protection(JsonField metadata, JsonField spec,
                                         base::NamePool& names) {
  const JsonField labels = metadata.at("labels");
  const JsonField annotations = metadata.at("annotations");
  cluster::PodProtection protection;
  protection.mirror = annotations.at("kubernetes.io/config.mirror").present();
  protection.critical_priority = is_critical(spec);
  protection.externally_queued =
      has_kueue_key(labels) || has_kueue_key(annotations) || is_gated_by_kueue(spec);
  protection.gang = is_in_gang(labels, annotations, spec);
  protection.opt_outs = decode_opt_outs(annotations, names);
  protection.undisturbed_for = undisturbed_for(annotations);
  return protection;
}

}  // namespace migadapter::kube
