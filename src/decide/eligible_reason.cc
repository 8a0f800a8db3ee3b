#include "base/check.h"
#include "decide/eligible.h"

namespace migadapter::decide {
namespace {

struct Text {
  std::string_view word;
  std::string_view sentence;
};

/// What the pod is, or is in.
Text text_of_pod(EligibleReason reason) {
  switch (reason) {
    case EligibleReason::eligible:
      return {"Eligible", "The pod may be restarted."};
    case EligibleReason::terminating:
      return {"Terminating", "The pod is being deleted already."};
    case EligibleReason::gated:
      return {"Gated", "The pod has scheduling gates: its author does not want it to run yet."};
    case EligibleReason::protected_namespace:
      return {"ProtectedNamespace",
              "Pods of kube-system and of MIG-Adapter's own namespace are never moved."};
    case EligibleReason::namespace_missing:
      return {"NamespaceMissing",
              "The pod's namespace is unknown or being deleted, so no new pod could be created."};
    case EligibleReason::critical_priority:
      return {"CriticalPriority", "The pod has a system-critical priority class."};
    case EligibleReason::externally_queued:
      return {"ExternallyQueued",
              "Kueue has admitted the pod with the quota of the resource it asks for."};
    case EligibleReason::gang_member:
      return {"GangMember", "The pod belongs to a group that restarts together."};
    case EligibleReason::opted_out:
      return {"OptedOut",
              "An annotation of the pod, its owner or its namespace disables this move."};
    case EligibleReason::unreadable_opt_out:
      return {"UnreadableOptOut",
              "An annotation of the pod, its owner or its namespace has a value that cannot be "
              "read; write \"enabled\", \"disabled\" or, for the largest grant, a profile."};
    case EligibleReason::disruption_forbidden:
      return {"DisruptionForbidden",
              "An annotation for Karpenter, the cluster autoscaler or the descheduler forbids "
              "restarting the pod."};
    case EligibleReason::several_profiles:
      return {"SeveralProfiles",
              "The pod asks for several MIG profiles; only pods of one profile are moved."};
    case EligibleReason::no_profile:
      return {"NoProfile", "The pod asks for no MIG profile."};
    default:
      return {};
  }
}

/// Who would recreate it.
Text text_of_owner(EligibleReason reason) {
  switch (reason) {
    case EligibleReason::no_owner:
      return {"NoOwner",
              "The pod has no controller, so nothing would recreate it; run it in a Deployment."};
    case EligibleReason::mirror_pod:
      return {"MirrorPod", "The pod is a static pod of a kubelet, which the API cannot restart."};
    case EligibleReason::daemon_set_pod:
      return {"DaemonSetPod", "A DaemonSet pins its pods to their nodes."};
    case EligibleReason::job_counts_failure:
      return {"JobCountsFailure",
              "The Job would count the restart as a failure; give it a podFailurePolicy whose "
              "first rule ignores the pod condition DisruptionTarget."};
    case EligibleReason::job_managed_elsewhere:
      return {"JobManagedElsewhere", "Another controller than Kubernetes' own runs the Job."};
    case EligibleReason::job_not_active:
      return {"JobNotActive", "The Job is suspended or has ended, so no new pod would come."};
    case EligibleReason::unknown_owner:
      return {"UnknownOwner",
              "The pod's controller is of no kind that is known to recreate pods one for one; if "
              "it does, start MIG-Adapter with --owner-kind=GROUP/KIND."};
    case EligibleReason::owner_missing:
      return {"OwnerMissing", "The pod's controller is unknown or being deleted."};
    case EligibleReason::owner_scaling_down:
      return {"OwnerScalingDown",
              "The pod's controller has more pods than it wants, so it may not replace this one."};
    case EligibleReason::owner_rolling_out:
      return {"OwnerRollingOut",
              "The pod's controller has not caught up with its latest change, so the new pod may "
              "be another one."};
    case EligibleReason::template_differs:
      return {"TemplateDiffers",
              "The controller's template asks for other MIG resources than the pod: a rollout is "
              "under way."};
    default:
      return {};
  }
}

Text text_of(EligibleReason reason) {
  Text text = text_of_pod(reason);
  if (text.word.empty()) text = text_of_owner(reason);
  MIGADAPTER_CHECK(!text.word.empty());
  return text;
}

}  // namespace

std::string_view to_string(EligibleReason reason) {
  return text_of(reason).word;
}

std::string_view explain(EligibleReason reason) {
  return text_of(reason).sentence;
}

}  // namespace migadapter::decide
