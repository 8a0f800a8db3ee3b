// Admit: what the webhook does with a pod that is being created. A pure function of the request and
// the rules in memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/review.h"
#include "cluster/rule_store.h"

namespace migadapter::decide {

enum class AdmitReason {
  patched,
  probe_answered,  ///< a dry run of our own that asks whether we are reached
  no_mig_resource,
  already_patched,
  no_owner,
  no_rule,
  demand_differs,  ///< rules of the owner exist, for another demand, name or index
  all_claimed,     ///< … and other reviews hold them
};
/// Reason as one word for metrics and logs ("DemandDiffers") and as a sentence for people.
std::string_view to_string(AdmitReason reason);
std::string_view explain(AdmitReason reason);

struct AdmitDecision {
  AdmitReason reason = AdmitReason::no_rule;
  std::string rule_id;  ///< the rule to claim; set exactly when patched
  std::vector<cluster::PatchOperation> patch;
};

/// Decides about one review: the oldest rule that matches and that no other review holds is
/// applied. `rules` are those of the pod's owner, oldest first. Every path of the patch is derived
/// from the reviewed object, so that it always applies.
/// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
AdmitDecision admit(const cluster::ReviewedPod& pod, const std::vector<cluster::RuleState>& rules);

}  // namespace migadapter::decide
