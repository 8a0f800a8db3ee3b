// The MigRules as they are and as they should be, and the writes that lead from one to the other.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/name.h"
#include "cluster/rule.h"
#include "controller/inbox.h"
#include "kube/rule_writer.h"

namespace migadapter::controller {

/// What the ledger writes through. All outlive it.
struct RuleLedgerDoors {
  kube::RuleWriter& writer;
  Inbox& inbox;  ///< gets each RuleOutcome
  const base::Clock& clock;
  base::Logger& log;
};

/// Takes what should be (a rule, its status, its end) and writes until the watch shows that it is:
/// one write of a rule at a time, each naming the object's uid and resourceVersion. A conflict
/// means to wait for news; an answer that was lost, to try again. Confined to the controller's
/// thread, but for the inbox.
class RuleLedger {
 public:
  explicit RuleLedger(const RuleLedgerDoors& doors) : doors_(doors) {}

  /// The watch showed the rule. True when it was not known at all.
  bool seen(const cluster::Rule& rule);
  /// The object with that uid is gone: the id of its rule. Nothing when that is not known, or is
  /// what was asked for.
  std::optional<std::string> gone(const base::Name& uid);

  /// Writes a new rule, at once. REQUIRES: its id is not known.
  void create(const cluster::Rule& rule);
  /// The rule's status should be this. Unknown rules, and those that should go, are left alone.
  void set_status(const std::string& rule_id, cluster::RuleStatus status);
  /// The rule should go; unknown ones are fine.
  void remove(const std::string& rule_id);

  void answered(const RuleOutcome& outcome);
  /// Sends the writes that are due, each only if `may_write` says so at that moment.
  void flush(const std::function<bool()>& may_write);
  /// Another process decides from now on what should be.
  void give_up();

  /// The rule as last seen or written; nullptr when it is unknown or gone.
  const cluster::Rule* find(const std::string& rule_id) const;
  /// The rules that are there and should be, ordered by id.
  std::vector<cluster::Rule> standing() const;
  /// Owners of rules that were written and that the watch has not shown yet.
  std::set<base::Name> owners_unseen() const;
  std::optional<base::MonotonicTime> next_due() const;

 private:
  struct Entry {
    cluster::Rule rule;  ///< as last seen or written; without a uid until it is known to exist
    bool shown = false;  ///< by the watch
    bool gone = false;   ///< deleted, but the watch may still show what was before
    bool should_go = false;
    std::optional<cluster::RuleStatus> wanted;
    bool writing = false;
    std::string sent_version;  ///< the precondition of the write under way, or of the last
    std::optional<cluster::RuleStatus> sent_status;
    int failures = 0;                    ///< of the present write
    base::MonotonicTime not_before{};    ///< of the next write
    base::MonotonicTime forgotten_at{};  ///< meaningful while it is gone or has no uid
  };
  bool has_work(const Entry& entry) const;
  void write(Entry& entry);
  void take_version(Entry& entry, const RuleOutcome& outcome);
  void take_refusal(Entry& entry, const RuleOutcome& outcome);
  void bury(Entry& entry);
  void forget_old();
  kube::RuleWriter::Done answer_of(const std::string& rule_id, RuleWrite write);

  RuleLedgerDoors doors_;
  std::map<std::string, Entry> entries_;
};

}  // namespace migadapter::controller
