#include "controller/world_test_fixture.h"

#include <algorithm>

#include "cluster/requests.h"

namespace migadapter::controller {

using cluster::OwnerKind;
using cluster::testing::make_pod;
using cluster::testing::name;

namespace {

std::string profile_of(const cluster::MigRequests& requests) {
  return std::string(requests.front().resource.view().substr(mig::kResourcePrefix.size()));
}

/// "web" is "default/web".
std::string full(const std::string& name) {
  return name.find('/') == std::string::npos ? "default/" + name : name;
}

base::Name uid_of(const std::string& full_name) {
  return cluster::testing::uid_of(full_name);
}

/// Whether the controller hears of owners of this kind.
bool is_watched(OwnerKind kind) {
  return kind == OwnerKind::replica_set || kind == OwnerKind::stateful_set ||
         kind == OwnerKind::replication_controller;
}

}  // namespace

World::World() {
  add_webhook();
  add_actor().gate_view.leader_until = base::MonotonicTime::max();
}

Actor& World::add_actor() {
  const std::string actor_name = "actor-" + std::to_string(actors_.size());
  actors_.push_back(std::make_unique<Actor>(*this, clock, actor_name));
  tell_all(*actors_.back());
  return *actors_.back();
}

void World::restart_controller(std::size_t index) {
  actor(index).restart();
  tell_all(actor(index));
}

void World::tell(const kube::ClusterEvent& event) {
  for (const auto& each : actors_) each->tell(event);
}

/// What the first lists show.
void World::tell_all(Actor& actor) {
  for (const auto& [node_name, node] : nodes_) actor.tell(node);
  for (const auto& [owner_name, state] : owners_) {
    if (is_watched(state.owner.kind)) actor.tell(state.owner);
  }
  for (const auto& [pod_name, pod] : pods_) actor.tell(pod);
  for (const auto& [namespace_name, name_space] : namespaces_) actor.tell(name_space);
  for (const auto& [policy_name, policy] : policies_) actor.tell(policy);
  for (const auto& [rule_id, rule] : rules_) actor.tell(rule);
  for (const Webhook& webhook : webhooks_) actor.tell(webhook.lease);
  for (const kube::WatchedKind kind : kube::every_watched_kind()) actor.tell(kube::Synced{kind});
}

void World::add_node(const cluster::Node& node) {
  nodes_.insert_or_assign(node.name.str(), node);
  tell(node);
}

void World::remove_node(const std::string& node_name) {
  nodes_.erase(node_name);
  tell(kube::Removed{kube::WatchedKind::nodes, name(node_name)});
  std::vector<std::string> lost;
  for (const auto& [pod_name, pod] : pods_) {
    if (pod.node == node_name) lost.push_back(pod_name);
  }
  for (const std::string& pod_name : lost) delete_pod(pod_name);
}

void World::add_owner(const std::string& owner_name, const std::string& resource, int replicas,
                      OwnerKind kind) {
  const std::string key = full(owner_name);
  const std::size_t slash = key.find('/');
  ensure_namespace(key.substr(0, slash));
  OwnerState& state = owners_[key];
  state.owner = cluster::testing::make_owner(key.substr(slash + 1),
                                             {cluster::testing::mig(resource)}, replicas);
  state.owner.name_space = name(key.substr(0, slash));
  state.owner.uid = uid_of(key);
  state.owner.kind = kind;
  state.resource = resource;
  fill_owner(state);
}

void World::add_namespace(const std::string& namespace_name,
                          const std::map<std::string, std::string>& labels) {
  cluster::Namespace& name_space = namespaces_[namespace_name];
  name_space.name = name(namespace_name);
  for (const auto& [key, value] : labels) name_space.labels.emplace_back(name(key), name(value));
  tell(name_space);
}

void World::put_policy(cluster::Policy policy) {
  cluster::Policy& stored = policies_[policy.name.str()];
  policy.generation = stored.generation + 1;
  policy.status = stored.status;
  policy.resource_version = std::to_string(next_version_++);
  stored = std::move(policy);
  tell(stored);
}

void World::remove_policy(const std::string& policy_name) {
  tell(kube::Removed{kube::WatchedKind::mig_policies, policies_.at(policy_name).uid});
  policies_.erase(policy_name);
}

void World::report(const cluster::Policy& policy, const cluster::PolicyStatus& status) {
  cluster::Policy& stored = policies_.at(policy.name.str());
  if (stored.resource_version != policy.resource_version) return;  // conflict
  ++status_writes_;
  stored.status = status;
  stored.resource_version = std::to_string(next_version_++);
  tell(stored);
}

void World::ensure_namespace(const std::string& namespace_name) {
  if (!namespaces_.contains(namespace_name)) add_namespace(namespace_name, {});
}

void World::opt_out(const std::string& owner_name) {
  OwnerState& state = owners_.at(full(owner_name));
  state.owner.opt_outs = {name("disabled"), name("disabled"), {}};
  tell_owner(state);
}

void World::add_bare_pod(const std::string& pod_name, const std::string& resource) {
  ensure_namespace("default");
  cluster::Pod pod = make_pod(pod_name).bare().asks(resource).created_at(clock.wall());
  changed(pods_[full(pod_name)] = pod);
}

void World::scale(const std::string& owner_name, int replicas) {
  OwnerState& state = owners_.at(full(owner_name));
  state.owner.desired_replicas = replicas;
  fill_owner(state);
}

/// The pods that count as the owner's; one that terminates has been replaced, but for those that
/// keep their names.
std::vector<std::string> World::pod_names_of(const OwnerState& state) const {
  std::vector<std::string> names;
  for (const auto& [pod_name, pod] : pods_) {
    const bool counts = !pod.terminating || state.owner.kind == OwnerKind::stateful_set;
    if (pod.owner && pod.owner->uid == state.owner.uid && counts) names.push_back(pod_name);
  }
  // Those that wait go first, as with the ReplicaSet controller.
  std::stable_partition(names.begin(), names.end(),
                        [this](const std::string& each) { return pods_.at(each).bound(); });
  return names;
}

void World::fill_owner(OwnerState& state) {
  std::vector<std::string> names = pod_names_of(state);
  for (; std::ssize(names) > state.owner.desired_replicas; names.pop_back())
    begin_deletion(names.back());
  for (auto have = std::ssize(names); owners_recreate && have < state.owner.desired_replicas;
       ++have)
    create_pod(state, next_pod_name(state));
  tell_owner(state);
}

std::string World::next_pod_name(OwnerState& state) {
  const std::string prefix = state.owner.name_space.str() + "/" + state.owner.name.str() + "-";
  if (state.owner.kind != OwnerKind::stateful_set) return prefix + std::to_string(state.created++);
  int ordinal = 0;
  while (pods_.contains(prefix + std::to_string(ordinal))) ++ordinal;
  return prefix + std::to_string(ordinal);
}

void World::tell_owner(OwnerState& state) {
  state.owner.current_replicas = static_cast<int>(pod_names_of(state).size());
  if (is_watched(state.owner.kind)) tell(state.owner);
}

void World::create_pod(OwnerState& state, const std::string& pod_name) {
  const cluster::Owner& owner = state.owner;
  cluster::Pod pod = make_pod(pod_name.substr(pod_name.find('/') + 1))
                         .in(owner.name_space.view())
                         .owner({owner.kind, name("Owner"), owner.name, owner.uid})
                         .asks(state.resource)
                         .created_at(clock.wall());
  pod.uid = name(pod_name + "@" + std::to_string(next_version_));
  admit(pod);
  changed(pods_[pod_name] = pod);
}

/// The next of those that live; nullptr when none does.
World::Webhook* World::next_webhook() {
  for (std::size_t i = 0; i < webhooks_.size(); ++i) {
    Webhook& webhook = webhooks_.at(next_webhook_++ % webhooks_.size());
    if (webhook.alive) return &webhook;
  }
  return nullptr;
}

void World::admit(cluster::Pod& pod) {
  if (!webhook_patches) return;
  cluster::ReviewedPod review;
  review.name_space = pod.name_space;
  if (pod.owner->kind == OwnerKind::stateful_set) review.name = pod.name;
  review.owner = pod.owner;
  review.containers.push_back({false, 0, pod.mig_requests.front(), true, true});
  Webhook* answers = next_webhook();
  if (answers == nullptr) return;
  Webhook& webhook = *answers;
  const auto rules = webhook.view->rules_of(pod.owner->uid, clock.wall());
  const decide::AdmitDecision decision = decide::admit(review, rules);
  if (decision.reason != decide::AdmitReason::patched) return;
  ASSERT_TRUE(
      webhook.view->claim(decision.rule_id, clock.wall(), clock.wall() + base::Millis(10'000)));
  const auto matched = std::find_if(rules.begin(), rules.end(), [&](const auto& state) {
    return state.rule.id == decision.rule_id;
  });
  pod.granted = cluster::GrantRecord{pod.mig_requests, decision.rule_id};
  pod.mig_requests = cluster::with_resource_replaced(
      pod.mig_requests, matched->rule.demand_resource, matched->rule.grant_resource);
  pod.requests = cluster::effective_mig_requests(pod.mig_requests);
}

void World::changed(cluster::Pod& pod) {
  pod.resource_version = std::to_string(next_version_++);
  tell(pod);
}

void World::begin_deletion(const std::string& pod_name) {
  const auto found = pods_.find(pod_name);
  if (found == pods_.end() || !found->second.bound()) return delete_pod(pod_name);
  cluster::Pod& pod = found->second;
  if (std::exchange(pod.terminating, true)) return;
  changed(pod);
  if (pod.owner) fill_owner(owners_.at(pod.name_space.str() + "/" + pod.owner->name.str()));
}

void World::delete_pod(const std::string& pod_name) {
  const auto found = pods_.find(pod_name);
  if (found == pods_.end()) return;  // its owner has scaled it away meanwhile
  const cluster::Pod pod = found->second;
  pods_.erase(found);
  tell(kube::Removed{kube::WatchedKind::pods, pod.uid});
  if (pod.owner) fill_owner(owners_.at(pod.name_space.str() + "/" + pod.owner->name.str()));
}

bool World::fits(const cluster::Pod& pod, const cluster::Node& node) const {
  const base::Name& resource = pod.mig_requests.front().resource;
  std::int64_t used = 0;
  for (const auto& [pod_name, other] : pods_) {
    if (other.node == node.name) used += other.requests.of(resource.view());
  }
  return used < node.allocatable.of(resource.view());
}

bool World::schedule_one() {
  for (auto& [pod_name, pod] : pods_) {
    if (pod.bound()) continue;
    const auto node = std::find_if(nodes_.begin(), nodes_.end(),
                                   [&](const auto& entry) { return fits(pod, entry.second); });
    if (node != nodes_.end()) {
      pod.node = node->second.name;
      if (pods_start) pod.phase = cluster::PodPhase::running;
      pod.unschedulable = false;
      changed(pod);
      on_bound(pod);
      return true;
    }
    if (!std::exchange(pod.unschedulable, true)) changed(pod);
  }
  return false;
}

bool World::finish_termination() {
  const auto found = std::find_if(pods_.begin(), pods_.end(),
                                  [](const auto& entry) { return entry.second.terminating; });
  if (found == pods_.end()) return false;
  delete_pod(std::string(found->first));
  return true;
}

bool World::cluster_step() {
  for (const auto& each : actors_) {
    if (each->deliver_answer()) return true;
  }
  return serve_a_rule() || finish_termination() || schedule_one();
}

bool World::controller_step(std::size_t most_messages) {
  bool stepped = false;
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    GateView& gate = actor(i).gate_view;
    gate.watch_current_as_of = clock.monotonic();
    if (view_is_stale) gate.watch_current_as_of.reset();
    gate.webhook_proven_at = clock.monotonic();
    stepped = actor(i).step(most_messages) || stepped;
    if (!actor(i).dead) continue;
    ++restarts_;
    restart_controller(i);
    on_restart();
  }
  return stepped;
}

void World::settle() {
  for (int rounds = 0; rounds < 10'000; ++rounds) {
    const bool acted = cluster_step();
    if (!controller_step() && !acted) return;
  }
  FAIL() << "the cluster never comes to rest";
}

void World::pass(base::Millis time) {
  clock.advance(time);
  for (Webhook& webhook : webhooks_) {
    if (webhook.alive) renew(webhook);
  }
  tell(kube::Synced{kube::WatchedKind::pods});
  settle();
}

std::string World::grants_of(const std::string& owner_name) const {
  std::vector<std::string> grants;
  for (const std::string& pod_name : pod_names_of(owners_.at(full(owner_name)))) {
    const cluster::Pod& pod = pods_.at(pod_name);
    grants.push_back((pod.bound() ? "" : "pending ") + profile_of(pod.mig_requests));
  }
  std::sort(grants.begin(), grants.end());
  std::string text;
  for (const std::string& grant : grants) text += (text.empty() ? "" : ", ") + grant;
  return text;
}

int World::pods_of(const std::string& owner_name) const {
  return static_cast<int>(pod_names_of(owners_.at(full(owner_name))).size());
}

std::vector<std::string> World::event_reasons() const {
  std::vector<std::string> reasons;
  for (const kube::EventRecord& event : events_) reasons.push_back(event.reason);
  return reasons;
}

}  // namespace migadapter::controller
