#include "cluster/store.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "mig/profile.h"

namespace migadapter::cluster {
namespace {

bool is_mig(const base::Name& resource) {
  return mig::is_mig_resource(resource.view());
}

bool asks_for_mig(const Pod& pod) {
  return std::any_of(pod.requests.begin(), pod.requests.end(),
                     [](const ResourceAmount& amount) { return is_mig(amount.resource); });
}

/// Whether more than its room and its place among the neighbours may ever be asked for.
bool concerns_decisions(const Pod& pod) {
  return asks_for_mig(pod) || !pod.mig_requests.empty() || pod.granted;
}

/// The rule that the pod carries; empty without one.
std::string rule_of(const Pod& pod) {
  return pod.granted ? pod.granted->rule_id : std::string();
}

/// Adds to the count of `key`; counts of zero are not kept.
template <typename Map>
void add_to(Map& counts, const typename Map::key_type& key, std::int64_t amount) {
  const auto place = counts.try_emplace(key, 0).first;
  place->second += amount;
  if (place->second == 0) counts.erase(place);
}

/// Puts `element` into the set or takes it out.
template <typename Set>
void put_or_take(Set& set, const typename Set::value_type& element, int sign) {
  if (sign > 0) {
    set.insert(element);
  } else {
    set.erase(element);
  }
}

/// The same for the set of `key`; empty sets are not kept.
template <typename Map>
void put_or_take(Map& sets, const base::Name& key,
                 const typename Map::mapped_type::value_type& element, int sign) {
  const auto place = sets.try_emplace(key).first;
  put_or_take(place->second, element, sign);
  if (place->second.empty()) sets.erase(place);
}

/// The key under which pods are counted as a resource.
const base::Name& pods_resource() {
  static const base::Name pods("pods");
  return pods;
}

}  // namespace

Store::Store(SchedulerFacts scheduler, Declared declared) {
  snapshot_.scheduler_ = std::move(scheduler);
  snapshot_.declared_ = std::move(declared);
}

void Store::upsert(Pod pod) {
  MIGADAPTER_CHECK(pod.constraints != nullptr);
  remove_pod(pod.uid);
  if (!concerns_decisions(pod)) return keep_occupant(std::move(pod));
  const std::string rule_id = rule_of(pod);
  const bool promised = snapshot_.promises_.contains(rule_id);
  if (promised) count_rule(rule_id, -1);
  const base::Name uid = pod.uid;
  const Pod& stored = snapshot_.pods_.emplace(uid, std::move(pod)).first->second;
  if (!rule_id.empty()) snapshot_.pods_by_rule_[rule_id].insert(uid);
  count_pod(stored, +1);
  if (promised) count_rule(rule_id, +1);
}

void Store::keep_occupant(Occupant pod) {
  count_occupant(*snapshot_.other_pods_.insert(std::move(pod)).first, +1);
}

void Store::remove_pod(const base::Name& uid) {
  if (const auto other = snapshot_.other_pods_.find(uid); other != snapshot_.other_pods_.end()) {
    count_occupant(*other, -1);
    snapshot_.other_pods_.erase(other);
    return;
  }
  const auto found = snapshot_.pods_.find(uid);
  if (found == snapshot_.pods_.end()) return;
  const Pod& pod = found->second;
  const std::string rule_id = rule_of(pod);
  const bool promised = snapshot_.promises_.contains(rule_id);
  if (promised) count_rule(rule_id, -1);
  count_pod(pod, -1);
  if (!rule_id.empty()) {
    const auto pods = snapshot_.pods_by_rule_.find(rule_id);
    pods->second.erase(pod.uid);
    if (pods->second.empty()) snapshot_.pods_by_rule_.erase(pods);
  }
  snapshot_.pods_.erase(found);
  if (promised) count_rule(rule_id, +1);
}

/// Everything about a pod, but for the demand of one whose rule has a promise: see count_rule.
void Store::count_pod(const Pod& pod, int sign) {
  count_occupant(pod, sign);
  if (!snapshot_.promises_.contains(rule_of(pod))) count_demand(pod, sign);
  if (pod.waits_for_capacity() && asks_for_mig(pod)) {
    put_or_take(snapshot_.waiting_, pod.uid, sign);
  }
  if (is_upgraded(pod) && pod.bound() && pod.phase == PodPhase::running) {
    put_or_take(snapshot_.upgraded_, pod.uid, sign);
  }
}

void Store::count_occupant(const Occupant& pod, int sign) {
  if (const base::Name node = occupied_node(pod); !node.empty()) {
    occupy(node, pod.requests, Taker::pod, sign);
  }
  snapshot_.neighbours_.count(pod, sign);
  if (!pod.finished()) count_charge(pod, sign);
}

/// What the pod counts for in the quotas of its namespace; all that are not finished do.
void Store::count_charge(const Occupant& pod, int sign) {
  NamespaceCharge& charge = snapshot_.charged_[pod.name_space];
  ResourceList& sum = charge[pod.quota_class];
  for (const ResourceAmount& amount : pod.requests) {
    sum.add(amount.resource, sign * amount.amount);
  }
  sum.add(pods_resource(), sign);
  if (sum.empty()) charge.erase(pod.quota_class);
  if (charge.empty()) snapshot_.charged_.erase(pod.name_space);
}

/// What the pod may take from any node at any moment.
void Store::count_demand(const Pod& pod, int sign) {
  if (!seeks_node(pod)) return;
  const bool native = !is_upgraded(pod);
  for (const ResourceAmount& amount : pod.requests) {
    if (!is_mig(amount.resource)) continue;
    add_to(snapshot_.unbound_demand_, amount.resource, sign * amount.amount);
    if (native) {
      put_or_take(snapshot_.native_demand_, amount.resource, {pod.priority, pod.uid}, sign);
    }
  }
}

/// A promise and the pods that carry its rule count together: the promise while none of them
/// occupies a node, else their own demand. So both are taken out before either changes and put back
/// after.
void Store::count_rule(const std::string& rule_id, int sign) {
  if (rule_id.empty()) return;
  if (promise_stands(rule_id)) {
    const Promise& promise = snapshot_.promises_.at(rule_id);
    occupy(promise.node, promise.requests, Taker::promise, sign);
    return;
  }
  const auto pods = snapshot_.pods_by_rule_.find(rule_id);
  if (pods == snapshot_.pods_by_rule_.end()) return;
  for (const base::Name& uid : pods->second) count_demand(snapshot_.pods_.at(uid), sign);
}

bool Store::promise_stands(const std::string& rule_id) const {
  if (!snapshot_.promises_.contains(rule_id)) return false;
  const auto pods = snapshot_.pods_by_rule_.find(rule_id);
  if (pods == snapshot_.pods_by_rule_.end()) return true;
  return std::all_of(pods->second.begin(), pods->second.end(), [this](const base::Name& uid) {
    return occupied_node(snapshot_.pods_.at(uid)).empty();
  });
}

void Store::hold(Promise promise) {
  const std::string rule_id = promise.rule_id;
  MIGADAPTER_CHECK(!rule_id.empty());
  MIGADAPTER_CHECK(!snapshot_.promises_.contains(rule_id));
  count_rule(rule_id, -1);
  snapshot_.promises_.emplace(rule_id, std::move(promise));
  count_rule(rule_id, +1);
}

void Store::release(const std::string& rule_id) {
  const auto found = snapshot_.promises_.find(rule_id);
  if (found == snapshot_.promises_.end()) return;
  count_rule(rule_id, -1);
  const auto released = snapshot_.promises_.extract(found);  // rule_id may live in it
  count_rule(rule_id, +1);
}

void Store::occupy(const base::Name& node, const ResourceList& requests, Taker taker, int sign) {
  const auto known = snapshot_.nodes_.find(node);
  if (known != snapshot_.nodes_.end()) {
    known->second.pods += sign;
    for (const ResourceAmount& amount : requests) {
      take(known->second, {amount.resource, sign * amount.amount}, taker);
    }
    return;
  }
  Usage& usage = usage_of_unknown_nodes_[node];
  usage.pods += sign;
  for (const ResourceAmount& amount : requests) {
    usage.used.add(amount.resource, sign * amount.amount);
    if (taker == Taker::pod || !is_mig(amount.resource)) continue;
    usage.promised.add(amount.resource, sign * amount.amount);
  }
  if (usage.pods == 0) usage_of_unknown_nodes_.erase(node);
}

void Store::take(NodeState& state, const ResourceAmount& amount, Taker taker) {
  if (!is_mig(amount.resource)) {
    state.used.add(amount.resource, amount.amount);
    return;
  }
  const bool had_free = state.free(amount.resource.view()) > 0;
  index_free(state, amount.resource, -1);
  state.used.add(amount.resource, amount.amount);
  if (taker == Taker::promise) state.promised.add(amount.resource, amount.amount);
  index_free(state, amount.resource, +1);
  const bool has_free = state.free(amount.resource.view()) > 0;
  if (had_free != has_free) index_hardware(state, amount.resource, has_free ? +1 : -1);
}

void Store::upsert(Node node) {
  const auto [place, added] = snapshot_.nodes_.try_emplace(node.name);
  NodeState& state = place->second;
  if (!added && state.node == node) return;
  if (!added) index_node(state, -1);
  if (const auto usage = usage_of_unknown_nodes_.extract(node.name)) {
    state.used = std::move(usage.mapped().used);
    state.promised = std::move(usage.mapped().promised);
    state.pods = usage.mapped().pods;
  }
  state.model = gpu_model(node);
  state.devices = node_devices(node);
  state.hardware = hardware_of(state);
  state.node = std::move(node);
  index_node(state, +1);
}

void Store::remove_node(const base::Name& name) {
  const auto found = snapshot_.nodes_.find(name);
  if (found == snapshot_.nodes_.end()) return;
  NodeState& state = found->second;
  index_node(state, -1);
  if (state.pods != 0) {
    usage_of_unknown_nodes_.emplace(
        state.node.name, Usage{std::move(state.used), std::move(state.promised), state.pods});
  }
  snapshot_.nodes_.erase(found);
}

void Store::index_node(const NodeState& state, int sign) {
  for (const ResourceAmount& amount : state.node.allocatable) {
    if (!is_mig(amount.resource)) continue;
    put_or_take(snapshot_.offering_by_resource_, amount.resource, state.node.name, sign);
    index_free(state, amount.resource, sign);
    if (state.free(amount.resource.view()) > 0) index_hardware(state, amount.resource, sign);
  }
  for (const ResourceAmount& amount : state.promised) {
    const bool offered = state.node.allocatable.of(amount.resource.view()) > 0;
    if (!offered) index_free(state, amount.resource, sign);
  }
}

void Store::index_free(const NodeState& state, const base::Name& resource, int sign) {
  const std::int64_t free = state.free(resource.view());
  if (free > 0) {
    put_or_take(snapshot_.free_by_resource_, resource, {free, state.node.name}, sign);
  } else if (const std::int64_t promised = state.promised.of(resource.view()); promised > 0) {
    add_to(snapshot_.displaced_promises_, resource, sign * std::min(-free, promised));
  }
}

void Store::index_hardware(const NodeState& state, const base::Name& resource, int sign) {
  const auto nodes = snapshot_.free_by_hardware_.try_emplace(resource).first;
  put_or_take(nodes->second, state.hardware, state.node.name, sign);
  if (nodes->second.empty()) snapshot_.free_by_hardware_.erase(nodes);
}

base::Name Store::hardware_of(const NodeState& state) {
  if (state.model == nullptr) return base::Name();
  return *hardware_.insert(describe(*state.model, state.devices)).first;
}

void Store::upsert(Owner owner) {
  const base::Name uid = owner.uid;
  snapshot_.owners_.insert_or_assign(uid, std::move(owner));
}

void Store::remove_owner(const base::Name& uid) {
  snapshot_.owners_.erase(uid);
}

void Store::upsert(Namespace name_space) {
  const base::Name name = name_space.name;
  snapshot_.namespaces_.insert_or_assign(name, std::move(name_space));
}

void Store::remove_namespace(const base::Name& name) {
  snapshot_.namespaces_.erase(name);
}

void Store::upsert(DeviceClass device_class) {
  const base::Name name = device_class.name;
  snapshot_.device_classes_.insert_or_assign(name, std::move(device_class));
}

void Store::remove_device_class(const base::Name& name) {
  snapshot_.device_classes_.erase(name);
}

void Store::upsert(ResourceQuota quota) {
  remove_limit(quota.uid);
  const base::Name uid = quota.uid;
  namespace_of_limit_.emplace(uid, quota.name_space);
  snapshot_.limits_[quota.name_space].quotas.emplace(uid, std::move(quota));
}

void Store::upsert(LimitRange range) {
  remove_limit(range.uid);
  const base::Name uid = range.uid;
  namespace_of_limit_.emplace(uid, range.name_space);
  snapshot_.limits_[range.name_space].ranges.emplace(uid, std::move(range));
}

void Store::remove_limit(const base::Name& uid) {
  const auto name_space = namespace_of_limit_.extract(uid);
  if (!name_space) return;
  const auto limits = snapshot_.limits_.find(name_space.mapped());
  limits->second.quotas.erase(uid);
  limits->second.ranges.erase(uid);
  const bool none_left = limits->second.quotas.empty() && limits->second.ranges.empty();
  if (none_left) snapshot_.limits_.erase(limits);
}

void Store::upsert(Policy policy) {
  remove_policy(policy.uid);
  const auto comes_first = [](const Policy& a, const Policy& b) {
    return a.priority != b.priority ? a.priority > b.priority : a.name < b.name;
  };
  auto& policies = snapshot_.policies_;
  const auto place = std::upper_bound(policies.begin(), policies.end(), policy, comes_first);
  policies.insert(place, std::move(policy));
}

void Store::remove_policy(const base::Name& uid) {
  std::erase_if(snapshot_.policies_, [&uid](const Policy& policy) { return policy.uid == uid; });
}

}  // namespace migadapter::cluster
