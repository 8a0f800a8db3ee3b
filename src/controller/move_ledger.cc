#include "controller/move_ledger.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace migadapter::controller {
namespace {

constexpr std::chrono::hours kRemembered{1};

void change(decide::BudgetUse& use, bool under_way, int sign) {
  use.within_hour += sign;
  if (under_way) use.concurrent += sign;
}

void change(std::unordered_map<base::Name, decide::BudgetUse>& uses, const base::Name& key,
            bool under_way, int sign) {
  const auto place = uses.try_emplace(key).first;
  change(place->second, under_way, sign);
  if (place->second.within_hour == 0) uses.erase(place);
}

decide::BudgetUse use_of(const std::unordered_map<base::Name, decide::BudgetUse>& uses,
                         const base::Name& key) {
  const auto found = uses.find(key);
  return found == uses.end() ? decide::BudgetUse{} : found->second;
}

}  // namespace

void MoveLedger::count(const Entry& entry, int sign) {
  change(by_owner_, entry.owner_uid, entry.under_way, sign);
  change(by_namespace_, entry.name_space, entry.under_way, sign);
  change(of_cluster_, entry.under_way, sign);
}

void MoveLedger::add(const std::string& rule_id, Entry entry) {
  count(entry, +1);
  rules_by_age_.emplace(entry.begun, rule_id);
  entries_.emplace(rule_id, std::move(entry));
}

void MoveLedger::remove(const std::string& rule_id) {
  const auto found = entries_.find(rule_id);
  if (found == entries_.end()) return;
  count(found->second, -1);
  rules_by_age_.erase({found->second.begun, rule_id});
  entries_.erase(found);
}

void MoveLedger::begin(const cluster::Rule& rule, base::MonotonicTime now) {
  remove(rule.id);
  add(rule.id, {rule.owner.uid, rule.name_space, now, true});
  forget_old(now);
}

void MoveLedger::end(const std::string& rule_id) {
  const auto found = entries_.find(rule_id);
  if (found == entries_.end()) return;
  count(found->second, -1);
  found->second.under_way = false;
  count(found->second, +1);
}

void MoveLedger::annul(const std::string& rule_id) {
  remove(rule_id);
}

void MoveLedger::saw(const cluster::Pod& pod, base::Millis age, base::MonotonicTime now) {
  if (!pod.owner || !pod.granted || pod.granted->rule_id.empty()) return;
  const bool counts = age < kRemembered && !entries_.contains(pod.granted->rule_id);
  // A clock that jumped back makes a pod of the future: it was created just now.
  const base::MonotonicTime begun = now - std::max(age, base::Millis{0});
  if (counts) add(pod.granted->rule_id, {pod.owner->uid, pod.name_space, begun, false});
}

decide::BudgetUses MoveLedger::uses(const base::Name& owner_uid, const base::Name& name_space,
                                    base::MonotonicTime now) {
  forget_old(now);
  return {use_of(by_owner_, owner_uid), use_of(by_namespace_, name_space), of_cluster_};
}

/// Moves that take longer than an hour are remembered until they end.
void MoveLedger::forget_old(base::MonotonicTime now) {
  for (auto oldest = rules_by_age_.begin();
       oldest != rules_by_age_.end() && now - oldest->first >= kRemembered;) {
    const std::string rule_id = (oldest++)->second;
    if (!entries_.at(rule_id).under_way) remove(rule_id);
  }
}

}  // namespace migadapter::controller
