#include "kube/codec/pod_codec.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "cluster/annotations.h"
#include "cluster/requests.h"
#include "kube/codec/metadata_codec.h"
#include "kube/codec/protection_codec.h"
#include "kube/codec/resource_codec.h"

namespace migadapter::kube {

using cluster::ResourceList;

namespace {

cluster::PodPhase pod_phase(std::string_view text) {
  using cluster::PodPhase;
  static constexpr std::array<std::pair<std::string_view, PodPhase>, 5> kPhases = {{
      {"", PodPhase::pending},
      {"Pending", PodPhase::pending},
      {"Running", PodPhase::running},
      {"Succeeded", PodPhase::succeeded},
      {"Failed", PodPhase::failed},
  }};
  for (const auto& [name, phase] : kPhases) {
    if (name == text) return phase;
  }
  return PodPhase::unknown;
}

std::int32_t decode_priority(JsonField priority) {
  const std::int64_t value = priority.integer();
  using Limits = std::numeric_limits<std::int32_t>;
  if (value >= Limits::min() && value <= Limits::max()) return static_cast<std::int32_t>(value);
  priority.complain("beyond 32 bits");
  return 0;
}

/// Whether the condition of that type is there with this reason (and status, unless empty).
bool has_condition(JsonField status, std::string_view type, std::string_view reason,
                   std::string_view value) {
  for (const JsonField condition : status.at("conditions").items()) {
    if (condition.at("type").text() != type) continue;
    return condition.at("reason").text() == reason &&
           (value.empty() || condition.at("status").text() == value);
  }
  return false;
}

JsonField status_of(const PodContainer& container, JsonField status) {
  const std::string_view list = container.init ? "initContainerStatuses" : "containerStatuses";
  const std::string_view name = container.field.at("name").text();
  for (const JsonField each : status.at(list).items()) {
    if (each.at("name").text() == name) return each;
  }
  return {};
}

/// Reads what a pod occupies; in-place resize (KEP-1287) makes the status count beside the spec.
class RequestCodec {
 public:
  RequestCodec(JsonField object, base::NamePool& names)
      : spec_(object.at("spec")), status_(object.at("status")), names_(names) {
    bound_ = spec_.at("nodeName").present();
    infeasible_ = bound_ && has_condition(status_, "PodResizePending", "Infeasible", "");
  }

  ResourceList decode(const std::vector<PodContainer>& containers) const {
    std::vector<cluster::ContainerRequests> requests;
    requests.reserve(containers.size());
    for (const PodContainer& container : containers) {
      requests.push_back({container.kind, decode_container(container)});
    }
    ResourceList total = cluster::effective_requests(requests, {});
    override_by_pod_level(total);
    total.add(decode_resources(spec_.at("overhead"), names_));
    return cut_off(std::move(total));
  }

 private:
  /// The sum over many containers, held to what one amount may be.
  static ResourceList cut_off(ResourceList total) {
    const auto excessive = [](const auto& amount) { return amount.amount > kMostAmount; };
    for (;;) {
      const auto found = std::find_if(total.begin(), total.end(), excessive);
      if (found == total.end()) return total;
      total.set(base::Name(found->resource), kMostAmount);
    }
  }

  ResourceList decode_container(const PodContainer& container) const {
    ResourceList requests = decode_requests(container.field.at("resources"), names_);
    if (!bound_ || container.kind == cluster::ContainerKind::init) return requests;
    const JsonField status = status_of(container, status_);
    if (status.at("resources").present()) raise_to_status(status, requests);
    return requests;
  }

  /// A resize that the node can never grant does not count.
  void raise_to_status(JsonField status, ResourceList& requests) const {
    if (infeasible_) {
      requests.set(names_.intern("cpu"), 0);
      requests.set(names_.intern("memory"), 0);
    }
    requests.raise_to(decode_resources(status.at("allocatedResources"), names_));
    requests.raise_to(decode_resources(status.at("resources").at("requests"), names_));
  }

  /// Pod-level resources (KEP-2837) take the place of what the containers add up to.
  void override_by_pod_level(ResourceList& total) const {
    if (!spec_.at("resources").present()) return;
    ResourceList pod_level = decode_requests(spec_.at("resources"), names_);
    pod_level.raise_to(decode_resources(status_.at("allocatedResources"), names_));
    pod_level.raise_to(decode_resources(status_.at("resources").at("requests"), names_));
    for (const cluster::ResourceAmount& amount : pod_level) {
      total.set(amount.resource, amount.amount);
    }
  }

  JsonField spec_;
  JsonField status_;
  base::NamePool& names_;
  bool bound_ = false;
  bool infeasible_ = false;
};

void decode_metadata(JsonField metadata, base::NamePool& names, cluster::Pod& pod) {
  pod.name_space = names.intern(metadata.at("namespace").text());
  pod.name = metadata.at("name").text();
  pod.uid = base::Name(metadata.at("uid").text());
  pod.resource_version = metadata.at("resourceVersion").text();
  pod.owner = decode_controller(metadata, names);
  pod.completion_index =
      names.intern(metadata.at("annotations").at(cluster::kCompletionIndexAnnotation).text());
  pod.terminating = metadata.at("deletionTimestamp").present();
  pod.created = decode_time(metadata.at("creationTimestamp"));
}

cluster::QuotaClass decode_quota_class(JsonField spec, JsonField status, base::NamePool& names) {
  return {names.intern(spec.at("priorityClassName").text()),
          spec.at("activeDeadlineSeconds").present(), status.at("qosClass").text() == "BestEffort"};
}

void decode_placement(JsonField spec, JsonField status, base::NamePool& names, cluster::Pod& pod) {
  pod.node = names.intern(spec.at("nodeName").text());
  pod.nominated_node = names.intern(status.at("nominatedNodeName").text());
  pod.phase = pod_phase(status.at("phase").text());
  pod.gated = !spec.at("schedulingGates").items().empty();
  pod.unschedulable = has_condition(status, "PodScheduled", "Unschedulable", "False");
  pod.priority = decode_priority(spec.at("priority"));
  pod.started = decode_time(status.at("startTime"));
}

/// The scheduler serves such a pod's extended resources by claims, not from the node's allocatable
/// (KEP-5004).
bool is_served_by_claim(JsonField status) {
  return status.at("extendedResourceClaimStatus").present();
}

void add_unmodelled(cluster::Constraints& constraints, cluster::Unmodelled feature) {
  auto& features = constraints.unmodelled;
  const auto place = std::lower_bound(features.begin(), features.end(), feature);
  if (place == features.end() || *place != feature) features.insert(place, feature);
}

cluster::Constraints constraints_of_mig_pod(JsonField object, TermOwner self,
                                            base::NamePool& names) {
  cluster::Constraints constraints = decode_constraints(object.at("spec"), self, names);
  if (is_served_by_claim(object.at("status"))) {
    add_unmodelled(constraints, cluster::Unmodelled::resource_claims);
  }
  return constraints;
}

}  // namespace

PodCodec::PodCodec(base::NamePool& names)
    : names_(names),
      grants_(names),
      no_constraints_(std::make_shared<const cluster::Constraints>()) {}

cluster::Pod PodCodec::decode(JsonField object) {
  const JsonField metadata = object.at("metadata");
  const JsonField spec = object.at("spec");
  const JsonField status = object.at("status");
  const std::vector<PodContainer> containers = pod_containers(spec);
  cluster::Pod pod;
  decode_metadata(metadata, names_, pod);
  decode_placement(spec, status, names_, pod);
  pod.protection = decode_protection(metadata, spec, names_);
  pod.requests = requests_.share(RequestCodec(object, names_).decode(containers));
  pod.containers = static_cast<int>(containers.size());
  pod.quota_class = decode_quota_class(spec, status, names_);
  pod.mig_requests = decode_mig_requests(containers, names_);
  if (!pod.mig_requests.empty()) {
    pod.granted = grants_.decode(metadata.at("annotations"), containers);
  }
  decode_neighbourhood(object, pod);
  return pod;
}

/// What others may ask about the pod, and it about them.
void PodCodec::decode_neighbourhood(JsonField object, cluster::Pod& pod) {
  cluster::Labels labels = decode_labels(object.at("metadata").at("labels"), names_);
  const TermOwner self{pod.name_space, labels};
  cluster::Constraints constraints =
      pod.mig_requests.empty() ? decode_claims_on_neighbours(object.at("spec"), self, names_)
                               : constraints_of_mig_pod(object, self, names_);
  const bool none = constraints == *no_constraints_;
  pod.constraints = none ? no_constraints_ : constraints_.share(std::move(constraints));
  if (!labels.empty()) pod.labels = labels_.share(std::move(labels));
}

}  // namespace migadapter::kube
