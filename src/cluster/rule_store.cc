#include "cluster/rule_store.h"

namespace migadapter::cluster {

base::Status MemoryRuleStore::put(const Rule& rule) {
  const std::lock_guard lock(mutex_);
  if (rules_.contains(rule.id)) {
    return base::Error(base::ErrorCode::already_exists, "rule " + rule.id + " exists");
  }
  if (rules_.size() >= most_rules_) {
    return base::Error(base::ErrorCode::too_many_requests,
                       "the rule store holds its most of " + std::to_string(most_rules_) +
                           " rules; wait until some are confirmed or expire");
  }
  rules_.emplace(rule.id, Entry{rule, {}});
  ids_by_owner_[rule.owner.uid].push_back(rule.id);
  ids_by_expiry_.emplace(rule.expires, rule.id);
  return {};
}

void MemoryRuleStore::withdraw(const std::string& rule_id) {
  const std::lock_guard lock(mutex_);
  forget(rule_id);
}

std::vector<RuleState> MemoryRuleStore::rules_of(const base::Name& owner_uid,
                                                 base::WallTime now) const {
  const std::lock_guard lock(mutex_);
  std::vector<RuleState> states;
  const auto ids = ids_by_owner_.find(owner_uid);
  if (ids == ids_by_owner_.end()) return states;
  for (const std::string& id : ids->second) {
    const Entry& entry = rules_.at(id);
    if (entry.rule.expires > now) states.push_back(state_of(entry, now));
  }
  return states;
}

bool MemoryRuleStore::claim(const std::string& rule_id, base::WallTime now, base::WallTime until) {
  const std::lock_guard lock(mutex_);
  forget_expired(now);
  const auto found = rules_.find(rule_id);
  if (found == rules_.end() || found->second.claimed_until > now) return false;
  found->second.claimed_until = until;
  return true;
}

std::vector<RuleState> MemoryRuleStore::all(base::WallTime now) const {
  const std::lock_guard lock(mutex_);
  std::vector<RuleState> states;
  for (const auto& [id, entry] : rules_) {
    if (entry.rule.expires > now) states.push_back(state_of(entry, now));
  }
  return states;
}

RuleState MemoryRuleStore::state_of(const Entry& entry, base::WallTime now) {
  return {entry.rule, entry.claimed_until > now};
}

void MemoryRuleStore::forget(const std::string& rule_id) {
  const auto found = rules_.find(rule_id);
  if (found == rules_.end()) return;
  const Rule& rule = found->second.rule;
  ids_by_expiry_.erase({rule.expires, rule.id});
  const auto siblings = ids_by_owner_.find(rule.owner.uid);
  std::erase(siblings->second, rule.id);
  if (siblings->second.empty()) ids_by_owner_.erase(siblings);
  rules_.erase(found);
}

void MemoryRuleStore::forget_expired(base::WallTime now) {
  while (!ids_by_expiry_.empty() && ids_by_expiry_.begin()->first <= now) {
    const std::string id = ids_by_expiry_.begin()->second;
    forget(id);
  }
}

}  // namespace migadapter::cluster
