// The rules in force, shared by the controller that writes them and the webhook that applies them.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cluster/rule.h"

namespace migadapter::cluster {

/// A rule and whether a review holds it at the moment.
struct RuleState {
  Rule rule;
  bool claimed = false;
};

/// Keeps rules until they are withdrawn or expire. The webhook never consumes a rule: admission may
/// run several times for one pod and its request may still be rejected. It *claims* the rule for a
/// short lease; the controller withdraws the rule when the watch shows the created pod, and a claim
/// that nothing confirms returns by itself. Implementations are thread-safe.
class RuleStore {
 public:
  virtual ~RuleStore() = default;

  /// Makes `rule` visible to the webhook. When it returns ok, every later review sees the rule.
  /// Errors: already_exists for a known id; too_many_requests when the store is full.
  virtual base::Status put(const Rule& rule) = 0;

  /// Forgets the rule; unknown ids are fine.
  virtual void withdraw(const std::string& rule_id) = 0;

  /// The unexpired rules for pods of the owner, oldest first.
  virtual std::vector<RuleState> rules_of(const base::Name& owner_uid,
                                          base::WallTime now) const = 0;

  /// Reserves the rule for one review until `until`. False when another review holds it or it is
  /// gone.
  virtual bool claim(const std::string& rule_id, base::WallTime now, base::WallTime until) = 0;

  /// Every unexpired rule, for status pages and logs, ordered by id.
  virtual std::vector<RuleState> all(base::WallTime now) const = 0;
};

/// Rules in this process's memory. They are lost with it: after a restart the pods are still
/// pending and are decided anew. An expired rule is hidden at once and forgotten by the next claim.
class MemoryRuleStore final : public RuleStore {
 public:
  /// `most_rules` bounds the memory a runaway decision could take.
  explicit MemoryRuleStore(std::size_t most_rules) : most_rules_(most_rules) {}

  base::Status put(const Rule& rule) override;
  void withdraw(const std::string& rule_id) override;
  std::vector<RuleState> rules_of(const base::Name& owner_uid, base::WallTime now) const override;
  bool claim(const std::string& rule_id, base::WallTime now, base::WallTime until) override;
  std::vector<RuleState> all(base::WallTime now) const override;

 private:
  struct Entry {
    Rule rule;
    base::WallTime claimed_until{};
  };
  static RuleState state_of(const Entry& entry, base::WallTime now);
  void forget(const std::string& rule_id);
  void forget_expired(base::WallTime now);

  const std::size_t most_rules_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> rules_;
  std::map<base::Name, std::vector<std::string>> ids_by_owner_;  ///< in the order of put
  std::set<std::pair<base::WallTime, std::string>> ids_by_expiry_;
};

}  // namespace migadapter::cluster
