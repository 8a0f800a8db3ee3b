#include "sim/cluster_view.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "cluster/requests.h"

namespace migadapter::sim {
namespace {

const base::Name kNamespace("default");
const base::Name kCpu("cpu");
const base::Name kMemory("memory");
const base::Name kPods("pods");
const base::Name kContainer("main");
const base::Name kHostLabel("kubernetes.io/hostname");
const base::Name kProductLabel("nvidia.com/gpu.product");
constexpr std::int64_t kBytesOfMib = std::int64_t{1} << 20;

/// What GPU Feature Discovery calls the model.
base::Name product_of(std::string_view model) {
  const mig::GpuModel* known = mig::find_model(model);
  const bool labelled = known != nullptr && !known->product_labels.empty();
  return base::Name(labelled ? known->product_labels.front() : model);
}

base::WallTime wall(Time time) {
  return base::WallTime{} + time;
}

cluster::PodPhase phase_of(PodPhase phase) {
  return phase == PodPhase::running || phase == PodPhase::terminating ? cluster::PodPhase::running
                                                                      : cluster::PodPhase::pending;
}

}  // namespace

ClusterView::ClusterView(const Workload& workload, const Inventory& inventory)
    : workload_(workload), inventory_(inventory) {
  for (KindId kind = 0; kind < workload.kinds.size(); ++kind) {
    const auto& profile = workload.kinds.at(kind).profile;
    resources_.emplace_back(profile ? mig::resource_name(*profile) : "");
    kinds_.emplace(resources_.back(), kind);
  }
  cluster::Namespace name_space;
  name_space.name = kNamespace;
  store_.upsert(std::move(name_space));
  for (const Node& node : inventory.nodes()) {
    store_.upsert(build(node));
    nodes_.emplace_back(node.spec.name);
  }
}

cluster::Node ClusterView::build(const Node& node) const {
  cluster::Node built;
  built.name = base::Name(node.spec.name);
  built.labels = {{kHostLabel, built.name}, {kProductLabel, product_of(node.spec.model)}};
  built.allocatable = {{kCpu, node.spec.cpu_milli},
                       {kMemory, node.spec.memory_mib * kBytesOfMib},
                       {kPods, node.spec.pods}};
  const std::vector<int> offered = node.partition->offered();
  for (std::size_t kind = 0; kind < offered.size(); ++kind) {
    built.allocatable.set(resources_[kind], std::int64_t{offered[kind]} * node.spec.gpus);
  }
  return built;
}

base::Name ClusterView::uid_of(int pod) {
  // Numbers of equal length: where pods of one moment are ordered by uid, that is their order.
  return base::Name(fmt::format("pod-{:09}", pod));
}

ClusterView::OwnerState& ClusterView::owner_of(int job) {
  const Job& known = workload_.jobs[static_cast<std::size_t>(job)];
  const std::string name = known.owner.empty() ? fmt::format("job-{}", job) : known.owner;
  OwnerState& state = owners_[name];
  if (state.reference.uid.empty()) {
    state.reference = {cluster::OwnerKind::replica_set, base::Name("ReplicaSet"), base::Name(name),
                       base::Name("uid-" + name)};
  }
  return state;
}

void ClusterView::scale(int job, int change) {
  OwnerState& state = owner_of(job);
  state.jobs += change;
  if (state.jobs == 0) {
    store_.remove_owner(state.reference.uid);
    owners_.erase(state.reference.name.str());
    return;
  }
  const Demand& demand = workload_.jobs[static_cast<std::size_t>(job)].demand;
  cluster::Owner owner;
  owner.kind = state.reference.kind;
  owner.name_space = kNamespace;
  owner.name = state.reference.name;
  owner.uid = state.reference.uid;
  owner.desired_replicas = owner.current_replicas = state.jobs;
  owner.template_requests = requests_for(demand, demand.kind);
  store_.upsert(std::move(owner));
}

void ClusterView::pod_changed(const Pod& pod) {
  cluster::Pod built = build(pod);
  pods_.emplace(built.uid, pod.id);
  store_.upsert(std::move(built));
}

void ClusterView::pod_gone(const Pod& pod) {
  const base::Name uid = uid_of(pod.id);
  pods_.erase(uid);
  store_.remove_pod(uid);
}

cluster::Pod ClusterView::build(const Pod& pod) {
  const Job& job = workload_.jobs[static_cast<std::size_t>(pod.job)];
  cluster::Pod built;
  built.name_space = kNamespace;
  built.uid = uid_of(pod.id);
  built.name = built.uid.str();
  built.owner = owner_of(pod.job).reference;
  if (pod.phase != PodPhase::waiting) built.node = nodes_[static_cast<std::size_t>(pod.place.node)];
  built.phase = phase_of(pod.phase);
  built.terminating = pod.phase == PodPhase::terminating;
  built.unschedulable = pod.unschedulable && pod.phase == PodPhase::waiting;
  built.priority = job.priority;
  built.created = wall(pod.created);
  if (pod.phase == PodPhase::running) built.started = wall(pod.started);
  built.mig_requests = requests_for(job.demand, pod.grant);
  built.requests = cluster::effective_mig_requests(built.mig_requests);
  built.requests.add(kCpu, job.demand.cpu_milli);
  built.requests.add(kMemory, job.demand.memory_mib * kBytesOfMib);
  if (pod.move >= 0) {
    built.granted =
        cluster::GrantRecord{requests_for(job.demand, job.demand.kind), std::to_string(pod.move)};
  }
  built.constraints = constraints_for(job.demand.models);
  return built;
}

cluster::MigRequests ClusterView::requests_for(const Demand& demand, KindId kind) const {
  if (demand.count == 0) return {};
  return {{kContainer, cluster::ContainerKind::app, resources_[static_cast<std::size_t>(kind)],
           demand.count}};
}

/// The GPU models as a required node affinity.
std::shared_ptr<const cluster::Constraints> ClusterView::constraints_for(ModelSet models) {
  auto& known = constraints_[models];
  if (known != nullptr) return known;
  cluster::Constraints constraints;
  if (models != kAnyModel) {
    cluster::SelectorExpression expression{kProductLabel, cluster::SelectorOperator::in, {}};
    for (std::size_t model = 0; model < inventory_.models().size(); ++model) {
      if (((models >> model) & 1U) == 0) continue;
      expression.values.push_back(product_of(inventory_.models()[model]));
    }
    constraints.has_node_affinity = true;
    constraints.node_affinity.push_back({{expression}, {}});
  }
  known = std::make_shared<const cluster::Constraints>(std::move(constraints));
  return known;
}

}  // namespace migadapter::sim
