#include "cluster/rule_view.h"

namespace migadapter::cluster {
namespace {

bool is_in_force(const Rule& rule, base::WallTime now) {
  return is_open(rule) && rule.expires > now;
}

}  // namespace

void RuleView::upsert(const Rule& rule) {
  const std::lock_guard lock(mutex_);
  const auto known = rules_.find(rule.id);
  if (known != rules_.end() && known->second.rule.uid == rule.uid) {
    known->second.rule = rule;
    return;
  }
  if (known != rules_.end()) forget(rule.id);
  rules_.emplace(rule.id, Entry{rule, {}});
  id_by_uid_.insert_or_assign(rule.uid, rule.id);
  ids_by_owner_[rule.owner.uid].push_back(rule.id);
}

void RuleView::remove(const base::Name& rule_uid) {
  const std::lock_guard lock(mutex_);
  const auto found = id_by_uid_.find(rule_uid);
  if (found != id_by_uid_.end()) forget(std::string(found->second));
}

/// REQUIRES: it is known, and the mutex is held.
void RuleView::forget(const std::string& rule_id) {
  const auto found = rules_.find(rule_id);
  const Rule& rule = found->second.rule;
  const auto siblings = ids_by_owner_.find(rule.owner.uid);
  std::erase(siblings->second, rule.id);
  if (siblings->second.empty()) ids_by_owner_.erase(siblings);
  id_by_uid_.erase(rule.uid);
  rules_.erase(found);
}

std::vector<RuleState> RuleView::rules_of(const base::Name& owner_uid, base::WallTime now) const {
  const std::lock_guard lock(mutex_);
  std::vector<RuleState> states;
  const auto ids = ids_by_owner_.find(owner_uid);
  if (ids == ids_by_owner_.end()) return states;
  for (const std::string& id : ids->second) {
    const Entry& entry = rules_.at(id);
    if (is_in_force(entry.rule, now)) states.push_back(state_of(entry, now));
  }
  return states;
}

bool RuleView::claim(const std::string& rule_id, base::WallTime now, base::WallTime until) {
  const std::lock_guard lock(mutex_);
  const auto found = rules_.find(rule_id);
  if (found == rules_.end() || !is_in_force(found->second.rule, now)) return false;
  if (found->second.claimed_until > now) return false;
  found->second.claimed_until = until;
  return true;
}

std::vector<RuleState> RuleView::all(base::WallTime now) const {
  const std::lock_guard lock(mutex_);
  std::vector<RuleState> states;
  for (const auto& [id, entry] : rules_) states.push_back(state_of(entry, now));
  return states;
}

RuleState RuleView::state_of(const Entry& entry, base::WallTime now) {
  return {entry.rule, entry.claimed_until > now};
}

}  // namespace migadapter::cluster
