// The rules as the watch shows them, for the webhook's threads.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "cluster/rule_store.h"

namespace migadapter::cluster {

/// Every MigRule of the cluster. Claims are this process's own: another replica may hand the same
/// rule to another pod, and whichever is placed second is decided about anew. The objects are few,
/// because the controller that writes them bounds their number. Thread-safe.
class RuleView final : public RuleStore {
 public:
  /// The rule is there, or has changed; a claim on it stays. Of two objects with one id the later
  /// counts.
  void upsert(const Rule& rule);
  /// The object with that uid is gone; unknown ones are fine.
  void remove(const base::Name& rule_uid);

  std::vector<RuleState> rules_of(const base::Name& owner_uid, base::WallTime now) const override;
  bool claim(const std::string& rule_id, base::WallTime now, base::WallTime until) override;

  /// Every rule, expired or not, for status pages and tests, ordered by id.
  std::vector<RuleState> all(base::WallTime now) const;

 private:
  struct Entry {
    Rule rule;
    base::WallTime claimed_until{};
  };
  static RuleState state_of(const Entry& entry, base::WallTime now);
  void forget(const std::string& rule_id);

  mutable std::mutex mutex_;
  std::map<std::string, Entry> rules_;
  std::map<base::Name, std::string> id_by_uid_;
  std::map<base::Name, std::vector<std::string>> ids_by_owner_;  ///< in the order of arrival
};

}  // namespace migadapter::cluster
