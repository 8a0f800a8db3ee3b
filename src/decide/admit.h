// Admit: what the webhook does with a pod that is being created. A pure function of the request and
// the rules in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/pod.h"
#include "cluster/rule_store.h"

namespace migadapter::decide {

/// One container of the pod under review that asks for MIG resources, with its place in the object.
struct ReviewedContainer {
  bool init = false;      ///< in spec.initContainers, else spec.containers
  std::size_t index = 0;  ///< in that list
  cluster::MigRequest request;
  bool in_limits = false;    ///< the resource is a key of resources.limits
  bool in_requests = false;  ///< … and of resources.requests
};

/// The facts of a pod at CREATE. UID and, with generateName, the name do not exist yet.
/// https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/handlers/create.go
struct ReviewedPod {
  base::Name name_space;  ///< the request's, which is authoritative
  std::string name;       ///< empty with generateName
  std::optional<cluster::OwnerReference> owner;
  std::vector<ReviewedContainer> containers;
  bool has_annotations = false;       ///< metadata.annotations exists
  bool has_grant_annotation = false;  ///< we have been here before: reinvocation
};

enum class AdmitReason {
  patched,
  no_mig_resource,
  already_patched,
  no_owner,
  no_rule,
  demand_differs,  ///< rules of the owner exist, for another demand or name
  all_claimed,     ///< … and other reviews hold them
};
std::string_view to_string(AdmitReason reason);

/// One operation of RFC 6902, with the value as a JSON text.
struct PatchOperation {
  std::string op;
  std::string path;
  std::string value_json;  ///< empty for remove
  friend bool operator==(const PatchOperation&, const PatchOperation&) = default;
};

struct AdmitDecision {
  AdmitReason reason = AdmitReason::no_rule;
  std::string rule_id;  ///< the rule to claim; set exactly when patched
  std::vector<PatchOperation> patch;
};

/// Decides about one review. `rules` are those of the pod's owner, oldest first.
AdmitDecision admit(const ReviewedPod& pod, const std::vector<cluster::RuleState>& rules);

}  // namespace migadapter::decide
