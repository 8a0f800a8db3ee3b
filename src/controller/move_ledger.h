// The moves under way and of the last hour, for the budgets of policies.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/pod.h"
#include "cluster/rule.h"
#include "decide/budget.h"

namespace migadapter::controller {

/// Counts each move once, by its rule. A pod of the last hour that carries a rule's id was moved by
/// that rule, whoever evicted its predecessor: so a process that has just started, or just become
/// the one that acts, knows of the moves before its time from the pods alone. Moves whose new pod
/// is gone again by then are not seen. Confined to one thread.
class MoveLedger {
 public:
  /// The move of the rule is under way.
  void begin(const cluster::Rule& rule, base::MonotonicTime now);
  /// It is over, and counts for the hour since it began. Unknown rules are fine, here and below.
  void end(const std::string& rule_id);
  /// It is over, and no pod was evicted.
  void annul(const std::string& rule_id);
  /// The watch showed a pod which is this old.
  void saw(const cluster::Pod& pod, base::Millis age, base::MonotonicTime now);

  /// What a move of the owner's pod in that namespace would come on top of.
  decide::BudgetUses uses(const base::Name& owner_uid, const base::Name& name_space,
                          base::MonotonicTime now);

  /// How many moves it remembers; for tests and memory reports.
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    base::Name owner_uid;
    base::Name name_space;
    base::MonotonicTime begun;
    bool under_way = false;
  };
  void add(const std::string& rule_id, Entry entry);
  void remove(const std::string& rule_id);
  void count(const Entry& entry, int sign);
  void forget_old(base::MonotonicTime now);

  std::unordered_map<std::string, Entry> entries_;
  std::set<std::pair<base::MonotonicTime, std::string>> rules_by_age_;
  std::unordered_map<base::Name, decide::BudgetUse> by_owner_;
  std::unordered_map<base::Name, decide::BudgetUse> by_namespace_;
  decide::BudgetUse of_cluster_;
};

}  // namespace migadapter::controller
