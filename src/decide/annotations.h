// The annotations that say on a pod what was done to it, and those by which people opt out.
#pragma once

#include <string>
#include <string_view>

#include "cluster/pod.h"

namespace migadapter::decide {

inline constexpr std::string_view kDemandAnnotation = "migadapter.io/demand";
inline constexpr std::string_view kGrantedAnnotation = "migadapter.io/granted";
inline constexpr std::string_view kRuleAnnotation = "migadapter.io/rule";
/// What a webhook that is reached adds to a dry run of our own; the same text as
/// kube::kProbeAnswerAnnotation.
inline constexpr std::string_view kProbeAnswerAnnotation = "migadapter.io/probe-answer";

/// The requests as the annotations hold them: `{"main":{"nvidia.com/mig-1g.5gb":1}}`, containers in
/// the pod's order.
std::string to_annotation(const cluster::MigRequests& requests);

}  // namespace migadapter::decide
