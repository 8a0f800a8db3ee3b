#include "controller/world_test_fixture.h"

#include <algorithm>

#include "cluster/requests.h"

namespace migadapter::controller {

using cluster::testing::make_pod;
using cluster::testing::name;
using cluster::testing::owned_by;

namespace {

std::string profile_of(const cluster::MigRequests& requests) {
  return std::string(requests.front().resource.view().substr(mig::kResourcePrefix.size()));
}

}  // namespace

World::World()
    : controller_({inbox_, rules_, *this, clock, log_, [this] { return gate_view; }}, {}) {
  gate_view.leader_until = base::MonotonicTime::max();
  for (int kind = 0; kind < kube::kWatchedKindCount; ++kind)
    tell(kube::Synced{kube::WatchedKind(kind)});
}

void World::add_node(const cluster::Node& node) {
  nodes_.insert_or_assign(node.name.str(), node);
  tell(node);
}

void World::add_owner(const std::string& owner_name, const std::string& resource, int replicas,
                      cluster::OwnerKind kind) {
  OwnerState& state = owners_[owner_name];
  state.owner =
      cluster::testing::make_owner(owner_name, {cluster::testing::mig(resource)}, replicas);
  state.owner.kind = kind;
  state.resource = resource;
  fill_owner(state);
}

void World::scale(const std::string& owner_name, int replicas) {
  owners_.at(owner_name).owner.desired_replicas = replicas;
  fill_owner(owners_.at(owner_name));
}

void World::fill_owner(OwnerState& state) {
  const auto owned = [&](const auto& entry) { return entry.second.owner->uid == state.owner.uid; };
  const auto count = std::count_if(pods_.begin(), pods_.end(), owned);
  const std::string prefix = state.owner.name.str() + "-";
  for (auto have = count; owners_recreate && have < state.owner.desired_replicas; ++have) {
    std::string pod_name = prefix + std::to_string(state.created++);
    for (int ordinal = 0; state.owner.kind == cluster::OwnerKind::stateful_set; ++ordinal) {
      pod_name = prefix + std::to_string(ordinal);
      if (!pods_.contains(pod_name)) break;
    }
    create_pod(state, pod_name);
  }
  tell_owner(state);
}

void World::tell_owner(OwnerState& state) {
  state.owner.current_replicas = state.owner.desired_replicas;
  tell(state.owner);
}

void World::create_pod(OwnerState& state, const std::string& pod_name) {
  cluster::Pod pod = make_pod(pod_name)
                         .owner(owned_by(state.owner.name.view(), state.owner.kind))
                         .asks(state.resource)
                         .created_at(clock.wall());
  pod.uid = name(pod_name + "@" + std::to_string(next_version_));
  admit(pod);
  changed(pods_[pod_name] = pod);
}

void World::admit(cluster::Pod& pod) {
  if (!webhook_patches) return;
  cluster::ReviewedPod review;
  review.name_space = pod.name_space;
  if (pod.owner->kind == cluster::OwnerKind::stateful_set) review.name = pod.name;
  review.owner = pod.owner;
  review.containers.push_back({false, 0, pod.mig_requests.front(), true, true});
  const auto rules = rules_.rules_of(pod.owner->uid, clock.wall());
  const decide::AdmitDecision decision = decide::admit(review, rules);
  if (decision.reason != decide::AdmitReason::patched) return;
  ASSERT_TRUE(rules_.claim(decision.rule_id, clock.wall(), clock.wall() + base::Millis(10'000)));
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

void World::delete_pod(const std::string& pod_name) {
  const cluster::Pod pod = pods_.at(pod_name);
  pods_.erase(pod_name);
  tell(kube::Removed{kube::WatchedKind::pods, pod.uid});
  fill_owner(owners_.at(pod.owner->name.str()));
}

void World::evict(const kube::Eviction& eviction, std::function<void(base::Status)> done) {
  if (!eviction_errors.empty()) {
    done(eviction_errors.back());
    return eviction_errors.pop_back();
  }
  const auto found = pods_.find(eviction.pod_name);
  if (found == pods_.end()) return done(base::Error(base::ErrorCode::not_found, "gone"));
  const cluster::Pod& pod = found->second;
  if (pod.uid != eviction.uid || pod.resource_version != eviction.resource_version)
    return done(base::Error(base::ErrorCode::conflict, "changed"));
  ++evictions_;
  base::Status answer;
  if (!lost_answers.empty()) {
    answer = lost_answers.back();
    lost_answers.pop_back();
  }
  delete_pod(eviction.pod_name);
  done(answer);
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
      pod.phase = cluster::PodPhase::running;
      pod.unschedulable = false;
      changed(pod);
      return true;
    }
    if (!std::exchange(pod.unschedulable, true)) changed(pod);
  }
  return false;
}

void World::settle() {
  gate_view.watch_current_as_of = clock.monotonic();
  gate_view.webhook_proven_at = clock.monotonic();
  for (int rounds = 0; rounds < 10'000; ++rounds) {
    const bool scheduled = schedule_one();
    std::vector<Message> messages = inbox_.take(base::Millis(0));
    if (!scheduled && messages.empty()) return;
    controller_.step(std::move(messages));
  }
  FAIL() << "the cluster never comes to rest";
}

void World::pass(base::Millis time) {
  clock.advance(time);
  tell(kube::Synced{kube::WatchedKind::pods});
  settle();
}

std::string World::grants_of(const std::string& owner_name) const {
  std::vector<std::string> grants;
  for (const auto& [pod_name, pod] : pods_) {
    if (pod.owner->name != owner_name) continue;
    grants.push_back((pod.bound() ? "" : "pending ") + profile_of(pod.mig_requests));
  }
  std::sort(grants.begin(), grants.end());
  std::string text;
  for (const std::string& grant : grants) text += (text.empty() ? "" : ", ") + grant;
  return text;
}

std::vector<std::string> World::event_reasons() const {
  std::vector<std::string> reasons;
  for (const kube::EventRecord& event : events_) reasons.push_back(event.reason);
  return reasons;
}

}  // namespace migadapter::controller
