// The API server's part of the World: evictions and MigRules with their preconditions, and the
// replicas of the webhook that serve the rules.
#include <algorithm>
#include <utility>

#include "controller/world_test_fixture.h"

namespace migadapter::controller {
namespace {

/// Takes the last, if there is one.
std::optional<base::Error> take(std::vector<base::Error>& errors) {
  if (errors.empty()) return std::nullopt;
  base::Error error = std::move(errors.back());
  errors.pop_back();
  return error;
}

}  // namespace

base::Status World::evict(const kube::Eviction& eviction) {
  on_request(eviction);
  if (auto error = take(eviction_errors)) return *std::move(error);
  const std::string pod_name = eviction.name_space.str() + "/" + eviction.pod_name;
  const auto found = pods_.find(pod_name);
  if (found == pods_.end()) return base::Error(base::ErrorCode::not_found, "gone");
  const cluster::Pod& pod = found->second;
  if (pod.uid != eviction.uid || pod.resource_version != eviction.resource_version)
    return base::Error(base::ErrorCode::conflict, "changed");
  ++evictions_;
  on_eviction(pod);
  const auto lost = take(lost_answers);
  begin_deletion(pod_name);
  return lost ? base::Status(*lost) : base::Status();
}

base::Result<kube::RuleVersion> World::answer_rule(const kube::RuleVersion& version) {
  if (auto lost = take(lost_rule_answers)) return *std::move(lost);
  return version;
}

base::Result<cluster::Rule*> World::find_rule(const cluster::Rule& rule) {
  if (auto error = take(rule_errors)) return *std::move(error);
  const auto found = rules_.find(rule.id);
  if (found == rules_.end()) return base::Error(base::ErrorCode::not_found, "gone");
  const cluster::Rule& present = found->second;
  if (present.uid != rule.uid || present.resource_version != rule.resource_version)
    return base::Error(base::ErrorCode::conflict, "changed");
  return &found->second;
}

base::Result<kube::RuleVersion> World::create_rule(const cluster::Rule& rule) {
  if (auto error = take(rule_errors)) return *std::move(error);
  if (rules_.contains(rule.id)) return base::Error(base::ErrorCode::already_exists, "exists");
  add_rule(rule);
  const cluster::Rule& created = rules_.at(rule.id);
  return answer_rule({created.uid, created.resource_version});
}

void World::add_rule(cluster::Rule rule) {
  rule.resource_version = std::to_string(next_version_++);
  rule.uid = cluster::testing::name(rule.id + "@" + rule.resource_version);
  rule.generation = 1;
  tell_rule(rules_[rule.id] = rule);
}

base::Result<kube::RuleVersion> World::write_rule_status(const cluster::Rule& rule) {
  const auto present = find_rule(rule);
  if (!present.ok()) return present.error();
  (*present)->status = rule.status;
  (*present)->resource_version = std::to_string(next_version_++);
  tell_rule(**present);
  return answer_rule({(*present)->uid, (*present)->resource_version});
}

base::Result<kube::RuleVersion> World::remove_rule(const cluster::Rule& rule) {
  const auto present = find_rule(rule);
  if (!present.ok()) return present.error();
  rules_.erase(rule.id);
  tell_rule(kube::Removed{kube::WatchedKind::mig_rules, rule.uid});
  return answer_rule({rule.uid, rule.resource_version});
}

void World::delete_rules() {
  for (const auto& [rule_id, rule] : std::exchange(rules_, {}))
    tell_rule(kube::Removed{kube::WatchedKind::mig_rules, rule.uid});
}

std::size_t World::rules() const {
  return static_cast<std::size_t>(
      std::count_if(rules_.begin(), rules_.end(), [](const auto& entry) {
        return entry.second.status.phase != cluster::RulePhase::backing_off;
      }));
}

void World::tell_rule(const kube::ClusterEvent& event) {
  tell(event);
  for (Webhook& webhook : webhooks_) webhook.undelivered.push_back(event);
}

void World::add_webhook() {
  Webhook webhook;
  webhook.view = std::make_unique<cluster::RuleView>();
  webhook.lease.name = "webhook-" + std::to_string(webhooks_.size());
  webhook.lease.uid = cluster::testing::uid_of(webhook.lease.name);
  webhook.lease.duration = base::Millis(10'000);
  webhook.lease.served_rules = std::to_string(next_version_);
  for (const auto& [rule_id, rule] : rules_) webhook.view->upsert(rule);
  webhooks_.push_back(std::move(webhook));
  renew(webhooks_.back());
}

void World::renew(Webhook& webhook) {
  webhook.lease.resource_version = std::to_string(next_version_++);
  tell(webhook.lease);
}

/// One replica hears of one rule and says so.
bool World::serve_a_rule() {
  for (Webhook& webhook : webhooks_) {
    if (!webhook.alive || !rules_travel || webhook.undelivered.empty()) continue;
    const kube::ClusterEvent event = std::move(webhook.undelivered.front());
    webhook.undelivered.pop_front();
    if (const auto* rule = std::get_if<cluster::Rule>(&event)) {
      webhook.view->upsert(*rule);
      webhook.lease.served_rules = rule->resource_version;
    } else {
      webhook.view->remove(std::get<kube::Removed>(event).key);
    }
    renew(webhook);
    return true;
  }
  return false;
}

void World::refuse_start(const std::string& owner) {
  for (const std::string& pod_name : pod_names_of(owners_.at("default/" + owner))) {
    const cluster::Pod& pod = pods_.at(pod_name);
    const bool starts = pod.bound() && pod.phase == cluster::PodPhase::pending;
    if (starts && pod.granted) return delete_pod(pod_name);
  }
}

}  // namespace migadapter::controller
