// The annotations by which MIG-Adapter marks pods and people opt out.
#pragma once

#include <string_view>

namespace migadapter::cluster {

/// What the pod's author asked for and what it was given, both as
/// `{"main":{"nvidia.com/mig-1g.5gb":1}}`, and the id of the rule that was applied.
inline constexpr std::string_view kDemandAnnotation = "migadapter.io/demand";
inline constexpr std::string_view kGrantedAnnotation = "migadapter.io/granted";
inline constexpr std::string_view kRuleAnnotation = "migadapter.io/rule";

/// "disabled" on a pod, its owner or its namespace keeps it from being upgraded, or restored.
inline constexpr std::string_view kUpgradeAnnotation = "migadapter.io/upgrade";
inline constexpr std::string_view kRestoreAnnotation = "migadapter.io/restore";
/// The largest profile, or resource, that a pod may be given: "2g.10gb". At the same three places.
inline constexpr std::string_view kLargestGrantAnnotation = "migadapter.io/largest-grant";

/// Of Kubernetes: the index of a pod of an Indexed Job.
inline constexpr std::string_view kCompletionIndexAnnotation =
    "batch.kubernetes.io/job-completion-index";

/// A dry run of our own asks with the first whether the webhook is reached; the webhook answers
/// with the second and the same value.
inline constexpr std::string_view kProbeAnnotation = "migadapter.io/probe";
inline constexpr std::string_view kProbeAnswerAnnotation = "migadapter.io/probe-answer";

/// On the Lease of a replica of the webhook: the resourceVersion up to which it serves the rules.
inline constexpr std::string_view kServedRulesAnnotation = "migadapter.io/served-rules";

}  // namespace migadapter::cluster
