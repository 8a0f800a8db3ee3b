#include "decide/admit.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/check.h"
#include "cluster/annotations.h"
#include "cluster/requests.h"
#include "decide/annotations.h"
#include "decide/json_text.h"

namespace migadapter::decide {
namespace {

using cluster::MigRequests;
using cluster::PatchOperation;
using cluster::ReviewedContainer;
using cluster::ReviewedPod;
using cluster::Rule;
using cluster::RuleState;

struct Annotation {
  std::string_view key;
  std::string value;
};

/// A key as one step of a JSON Pointer. RFC 6901 section 3: `~` before `/`.
std::string pointer_step(std::string_view key) {
  std::string step;
  for (const char character : key) {
    if (character == '~') {
      step += "~0";
    } else if (character == '/') {
      step += "~1";
    } else {
      step += character;
    }
  }
  return step;
}

/// Where there are no annotations yet, their map has none to add to: it is added whole.
void add_annotations(const ReviewedPod& pod, const std::vector<Annotation>& annotations,
                     std::vector<PatchOperation>& patch) {
  std::string whole;
  for (const auto& [key, value] : annotations) {
    if (pod.has_annotations) {
      patch.push_back({"add", "/metadata/annotations/" + pointer_step(key), quoted(value)});
    } else {
      whole += (whole.empty() ? "{" : ",") + quoted(key) + ':' + quoted(value);
    }
  }
  if (!pod.has_annotations) patch.push_back({"add", "/metadata/annotations", whole + '}'});
}

/// So much of the grant.
struct Granted {
  base::Name resource;
  std::int64_t count = 0;
};

/// What the container gets for its demand: as many, and what it asks for of the grant already.
Granted granted_to(const ReviewedContainer& container, const ReviewedPod& pod,
                   const base::Name& grant) {
  Granted granted{grant, container.request.count};
  for (const ReviewedContainer& other : pod.containers) {
    const bool same_container = other.init == container.init && other.index == container.index;
    if (same_container && other.request.resource == grant) granted.count += other.request.count;
  }
  return granted;
}

/// The key leaves the map that it is in, and its successor enters the same map.
void rename_key(const std::string& map_path, const base::Name& demand, const Granted& granted,
                std::vector<PatchOperation>& patch) {
  const std::string count = quoted(std::to_string(granted.count));
  patch.push_back({"remove", map_path + pointer_step(demand.view()), ""});
  patch.push_back({"add", map_path + pointer_step(granted.resource.view()), count});
}

/// Limits and requests change together: the API server takes no extended resource whose request has
/// no equal limit.
void change_container(const ReviewedContainer& container, const Granted& granted,
                      std::vector<PatchOperation>& patch) {
  const std::string resources = std::string("/spec/") +
                                (container.init ? "initContainers/" : "containers/") +
                                std::to_string(container.index) + "/resources/";
  const base::Name& demand = container.request.resource;
  if (container.in_limits) rename_key(resources + "limits/", demand, granted, patch);
  if (container.in_requests) rename_key(resources + "requests/", demand, granted, patch);
}

std::vector<PatchOperation> patch_for(const ReviewedPod& pod, const MigRequests& demand,
                                      const Rule& rule) {
  std::vector<PatchOperation> patch;
  for (const ReviewedContainer& container : pod.containers) {
    const bool changes = rule.grant_resource != rule.demand_resource &&
                         container.request.resource == rule.demand_resource;
    if (changes) {
      change_container(container, granted_to(container, pod, rule.grant_resource), patch);
    }
  }
  const MigRequests granted =
      cluster::with_resource_replaced(demand, rule.demand_resource, rule.grant_resource);
  add_annotations(pod,
                  {{cluster::kDemandAnnotation, to_annotation(demand)},
                   {cluster::kGrantedAnnotation, to_annotation(granted)},
                   {cluster::kRuleAnnotation, rule.id}},
                  patch);
  return patch;
}

MigRequests demand_of(const ReviewedPod& pod) {
  MigRequests demand;
  demand.reserve(pod.containers.size());
  for (const ReviewedContainer& container : pod.containers) demand.push_back(container.request);
  return demand;
}

bool is_for_owner(const ReviewedPod& pod, const Rule& rule) {
  return rule.name_space == pod.name_space && rule.owner.uid == pod.owner->uid;
}

bool is_for_pod(const ReviewedPod& pod, const MigRequests& demand, const Rule& rule) {
  const bool name_matches = rule.pod_name.empty() || rule.pod_name == pod.name;
  const bool index_matches =
      rule.completion_index.empty() || rule.completion_index == pod.completion_index;
  return is_for_owner(pod, rule) && name_matches && index_matches && rule.demand == demand;
}

/// What forbids looking for a rule at all.
std::optional<AdmitReason> refusal(const ReviewedPod& pod) {
  if (pod.containers.empty()) return AdmitReason::no_mig_resource;
  if (pod.has_grant_annotation) return AdmitReason::already_patched;
  if (!pod.owner) return AdmitReason::no_owner;
  return std::nullopt;
}

AdmitDecision refused(AdmitReason reason) {
  return {reason, {}, {}};
}

AdmitDecision answer_probe(const ReviewedPod& pod) {
  AdmitDecision decision = refused(AdmitReason::probe_answered);
  add_annotations(pod, {{cluster::kProbeAnswerAnnotation, pod.probe}}, decision.patch);
  return decision;
}

}  // namespace

std::string_view to_string(AdmitReason reason) {
  switch (reason) {
    case AdmitReason::patched:
      return "Patched";
    case AdmitReason::probe_answered:
      return "ProbeAnswered";
    case AdmitReason::no_mig_resource:
      return "NoMigResource";
    case AdmitReason::already_patched:
      return "AlreadyPatched";
    case AdmitReason::no_owner:
      return "NoOwner";
    case AdmitReason::no_rule:
      return "NoRule";
    case AdmitReason::demand_differs:
      return "DemandDiffers";
    case AdmitReason::all_claimed:
      return "AllClaimed";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

std::string_view explain(AdmitReason reason) {
  switch (reason) {
    case AdmitReason::patched:
      return "A rule for this owner and demand was applied to the pod.";
    case AdmitReason::probe_answered:
      return "MIG-Adapter asked itself, through the API server, whether its webhook is reached.";
    case AdmitReason::no_mig_resource:
      return "No container of the pod asks for a MIG resource, so there is nothing to change.";
    case AdmitReason::already_patched:
      return "The pod carries MIG-Adapter's annotation already, so a second call changes nothing.";
    case AdmitReason::no_owner:
      return "The pod has no controller, and rules are for pods of a controller only.";
    case AdmitReason::no_rule:
      return "No rule is in force for pods of this owner, so the pod runs as it asks.";
    case AdmitReason::demand_differs:
      return "The owner's rules are for another demand, pod name or completion index; the pod runs "
             "as it asks.";
    case AdmitReason::all_claimed:
      return "Other pods of the owner hold all of its rules; the pod runs as it asks.";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

AdmitDecision admit(const ReviewedPod& pod, const std::vector<RuleState>& rules) {
  if (!pod.probe.empty()) return answer_probe(pod);
  if (const auto reason = refusal(pod)) return refused(*reason);
  const MigRequests demand = demand_of(pod);
  AdmitReason reason = AdmitReason::no_rule;
  for (const RuleState& state : rules) {
    if (!is_for_owner(pod, state.rule)) continue;
    if (!is_for_pod(pod, demand, state.rule)) {
      reason = std::max(reason, AdmitReason::demand_differs);
    } else if (state.claimed) {
      reason = AdmitReason::all_claimed;
    } else {
      return {AdmitReason::patched, state.rule.id, patch_for(pod, demand, state.rule)};
    }
  }
  return refused(reason);
}

}  // namespace migadapter::decide
