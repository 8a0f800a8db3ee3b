// Builders for tests of this layer and of those above it: one line per object, everything that the
// test does not speak of at its most ordinary.
#pragma once

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "cluster/node.h"
#include "cluster/owner.h"
#include "cluster/pod.h"
#include "cluster/policy.h"
#include "cluster/requests.h"
#include "cluster/rule.h"
#include "cluster/snapshot.h"

namespace migadapter::base {

/// How GoogleTest prints a name.
inline void PrintTo(const Name& name, std::ostream* out) {
  *out << '"' << name.view() << '"';
}

}  // namespace migadapter::base

namespace migadapter::cluster {

/// How GoogleTest prints amounts: "cpu 500, memory 1024".
inline void PrintTo(const ResourceList& list, std::ostream* out) {
  std::string_view separator;
  for (const ResourceAmount& amount : list) {
    *out << separator << amount.resource.view() << ' ' << amount.amount;
    separator = ", ";
  }
}

inline void PrintTo(const FreeNode& node, std::ostream* out) {
  *out << node.free << " on " << node.node.view();
}

}  // namespace migadapter::cluster

namespace migadapter::cluster::testing {

inline base::Name name(std::string_view text) {
  return base::Name(text);
}

/// The uid that the builders give the object called `object`.
inline base::Name uid_of(std::string_view object) {
  return base::Name("uid-" + std::string(object));
}

inline OwnerReference owned_by(std::string_view owner, OwnerKind kind = OwnerKind::replica_set) {
  return {kind, name(kind == OwnerKind::stateful_set ? "StatefulSet" : "ReplicaSet"), name(owner),
          uid_of(owner)};
}

/// One request of one container: `mig("nvidia.com/mig-1g.5gb")` is one instance for "main".
inline MigRequest mig(std::string_view resource, std::int64_t count = 1,
                      std::string_view container = "main",
                      ContainerKind kind = ContainerKind::app) {
  return {name(container), kind, name(resource), count};
}

/// A pod of namespace "default" and ReplicaSet "web" that is new to the scheduler and asks for
/// nothing. Every step returns the builder; it converts to a Pod.
class PodBuilder {
 public:
  explicit PodBuilder(std::string_view pod_name) {
    pod_.name_space = testing::name("default");
    pod_.name = std::string(pod_name);
    pod_.uid = uid_of(pod_name);
    pod_.resource_version = "1";
    pod_.owner = owned_by("web");
  }

  PodBuilder& in(std::string_view name_space) {
    pod_.name_space = testing::name(name_space);
    return *this;
  }
  PodBuilder& owner(OwnerReference reference) {
    pod_.owner = std::move(reference);
    return *this;
  }
  PodBuilder& bare() {
    pod_.owner.reset();
    return *this;
  }

  /// One more container of the pod asks for MIG instances; see mig() above.
  PodBuilder& asks(MigRequest request) {
    pod_.mig_requests.push_back(std::move(request));
    return *this;
  }
  PodBuilder& asks(std::string_view resource, std::int64_t count = 1) {
    return asks(mig(resource, count));
  }
  /// Requests of anything but MIG, for the pod as a whole: `uses("cpu", 500)`.
  PodBuilder& uses(std::string_view resource, std::int64_t amount) {
    other_requests_.add(testing::name(resource), amount);
    return *this;
  }
  /// Its author asked for `resource`; the pod runs with what it `asks`, by the rule.
  PodBuilder& instead_of(std::string_view resource, std::string_view rule_id = "rule-1") {
    return instead_of(MigRequests{mig(resource)}, rule_id);
  }
  PodBuilder& instead_of(MigRequests demand, std::string_view rule_id = "rule-1") {
    pod_.granted = GrantRecord{std::move(demand), std::string(rule_id)};
    return *this;
  }

  /// The scheduler has tried and found no node.
  PodBuilder& waiting() {
    pod_.unschedulable = true;
    return *this;
  }
  /// Bound and running.
  PodBuilder& on(std::string_view node) {
    pod_.node = testing::name(node);
    return phase(PodPhase::running);
  }
  PodBuilder& nominated_to(std::string_view node) {
    pod_.nominated_node = testing::name(node);
    return *this;
  }
  PodBuilder& phase(PodPhase value) {
    pod_.phase = value;
    return *this;
  }
  PodBuilder& terminating() {
    pod_.terminating = true;
    return *this;
  }
  PodBuilder& gated() {
    pod_.gated = true;
    return *this;
  }
  PodBuilder& priority(std::int32_t value) {
    pod_.priority = value;
    return *this;
  }
  PodBuilder& created_at(base::WallTime when) {
    pod_.created = when;
    return *this;
  }
  PodBuilder& started_at(base::WallTime when) {
    pod_.started = when;
    return *this;
  }
  PodBuilder& constrained(Constraints constraints) {
    constraints_ = std::move(constraints);
    return *this;
  }
  /// One more label.
  PodBuilder& label(std::string_view key, std::string_view value) {
    labels_.emplace_back(testing::name(key), testing::name(value));
    std::sort(labels_.begin(), labels_.end());
    return *this;
  }
  PodBuilder& charged_as(QuotaClass quota_class) {
    pod_.quota_class = std::move(quota_class);
    return *this;
  }
  PodBuilder& guarded(PodProtection protection) {
    pod_.protection = protection;
    return *this;
  }

  Pod build() const {
    Pod pod = pod_;
    pod.requests = effective_mig_requests(pod.mig_requests);
    pod.requests.add(other_requests_);
    pod.containers = std::max(1, static_cast<int>(pod.mig_requests.size()));
    pod.constraints = std::make_shared<const Constraints>(constraints_);
    if (!labels_.empty()) pod.labels = std::make_shared<const Labels>(labels_);
    return pod;
  }
  operator Pod() const { return build(); }  // NOLINT(google-explicit-constructor)

 private:
  Pod pod_;
  ResourceList other_requests_;
  Constraints constraints_;
  Labels labels_;
};

/// Pods of namespace "default" with label app=`app`, in one topology.
inline AffinityTerm term_for(std::string_view app, std::string_view topology_key) {
  AffinityTerm term;
  term.pods.expressions = {{name("app"), SelectorOperator::in, {name(app)}}};
  term.namespaces = {name("default")};
  term.topology_key = name(topology_key);
  return term;
}

inline PodBuilder make_pod(std::string_view pod_name) {
  return PodBuilder(pod_name);
}

/// The product label of the GPUs of the walkthrough.
inline constexpr std::string_view kA100Product = "NVIDIA-A100-SXM4-40GB";

/// An idle node with A100-40GB GPUs that offers no MIG instance yet, 64 cores, 512 GiB and room for
/// 110 pods. Every step returns the builder; it converts to a Node.
class NodeBuilder {
 public:
  explicit NodeBuilder(std::string_view node_name) {
    node_.name = testing::name(node_name);
    offers("cpu", 64'000);
    offers("memory", std::int64_t{512} << 30);
    offers("pods", 110);
    label("kubernetes.io/hostname", node_name);
    label("nvidia.com/gpu.product", kA100Product);
  }

  /// Sets the label; an empty value removes it.
  NodeBuilder& label(std::string_view key, std::string_view value) {
    std::erase_if(node_.labels, [key](const auto& label) { return label.first == key; });
    if (!value.empty()) node_.labels.emplace_back(testing::name(key), testing::name(value));
    std::sort(node_.labels.begin(), node_.labels.end());
    return *this;
  }
  NodeBuilder& product(std::string_view gpu_product) {
    return label("nvidia.com/gpu.product", gpu_product);
  }
  /// Sets what is allocatable of the resource.
  NodeBuilder& offers(std::string_view resource, std::int64_t amount) {
    node_.allocatable.set(testing::name(resource), amount);
    return *this;
  }
  NodeBuilder& taint(std::string_view key, std::string_view value = "",
                     TaintEffect effect = TaintEffect::no_schedule) {
    node_.taints.push_back({testing::name(key), testing::name(value), effect});
    return *this;
  }
  NodeBuilder& cordoned() {
    node_.unschedulable = true;
    return *this;
  }

  Node build() const { return node_; }
  operator Node() const { return node_; }  // NOLINT(google-explicit-constructor)

 private:
  Node node_;
};

inline NodeBuilder make_node(std::string_view node_name) {
  return NodeBuilder(node_name);
}

/// A policy that selects everything and says nothing, in its first generation. Its uid is
/// uid_of(name).
inline Policy make_policy(std::string_view policy_name, std::int32_t priority = 0) {
  Policy policy;
  policy.name = name(policy_name);
  policy.uid = uid_of(policy_name);
  policy.resource_version = "1";
  policy.generation = 1;
  policy.priority = priority;
  return policy;
}

/// Selects what has the label with that value.
inline LabelSelector with_label(std::string_view key, std::string_view value) {
  return {{{name(key), SelectorOperator::in, {name(value)}}}};
}

/// A ReplicaSet of namespace "default" with as many pods as it wants. Its uid is uid_of(name).
inline Owner make_owner(std::string_view owner_name, MigRequests template_requests = {},
                        std::int32_t replicas = 1) {
  Owner owner;
  owner.kind = OwnerKind::replica_set;
  owner.name_space = name("default");
  owner.name = name(owner_name);
  owner.uid = uid_of(owner_name);
  owner.desired_replicas = replicas;
  owner.current_replicas = replicas;
  owner.template_requests = std::move(template_requests);
  return owner;
}

/// A namespace that says nothing but its name.
inline Namespace make_namespace(std::string_view name_space = "default") {
  return {name(name_space), {{name("kubernetes.io/metadata.name"), name(name_space)}}, false, {}};
}

/// A quota of namespace "default" for all of its pods: its name is its uid.
inline ResourceQuota make_quota(std::string_view quota_name, std::vector<QuotaAmount> amounts) {
  return {name("default"), std::string(quota_name), name(quota_name), {}, std::move(amounts)};
}

/// A rule for a pod of ReplicaSet "web" that asks for one `demand`, good for a minute from the
/// epoch.
inline Rule make_rule(std::string_view id, std::string_view demand = "nvidia.com/mig-1g.5gb",
                      std::string_view grant = "nvidia.com/mig-2g.10gb") {
  Rule rule;
  rule.id = std::string(id);
  rule.uid = uid_of(id);
  rule.resource_version = "1";
  rule.name_space = name("default");
  rule.owner = owned_by("web");
  rule.demand = {mig(demand)};
  rule.demand_resource = name(demand);
  rule.grant_resource = name(grant);
  rule.expires = base::WallTime{} + base::Millis{60'000};
  return rule;
}

}  // namespace migadapter::cluster::testing
