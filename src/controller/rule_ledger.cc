#include "controller/rule_ledger.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "cluster/resource_version.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

base::Millis write_retry(int failures) {
  base::Millis wait = kFirstWriteRetry;
  for (int i = 1; i < failures && wait < kLongestWriteRetry; ++i) wait *= 2;
  return std::min(wait, kLongestWriteRetry);
}

/// A create that was refused so left nothing behind.
bool is_final_refusal(base::ErrorCode code) {
  return code != base::ErrorCode::unavailable && code != base::ErrorCode::timeout &&
         code != base::ErrorCode::cancelled;
}

}  // namespace

bool RuleLedger::seen(const cluster::Rule& rule) {
  const auto [place, is_new] = entries_.try_emplace(rule.id);
  Entry& entry = place->second;
  const bool another = !is_new && !entry.rule.uid.empty() && entry.rule.uid != rule.uid;
  if (another) entry = Entry{};
  const bool is_news = cluster::has_come_to(rule.resource_version, entry.rule.resource_version);
  if (entry.gone || !is_news) return false;
  entry.rule = rule;
  entry.shown = true;
  entry.not_before = doors_.clock.monotonic();
  if (entry.wanted == rule.status) entry.wanted.reset();
  return is_new || another;
}

std::optional<std::string> RuleLedger::gone(const base::Name& uid) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry.second.rule.uid == uid; });
  if (found == entries_.end()) return std::nullopt;
  const bool asked_for = found->second.should_go || found->second.gone;
  const std::string rule_id = found->first;
  entries_.erase(found);
  return asked_for ? std::nullopt : std::optional(rule_id);
}

void RuleLedger::create(const cluster::Rule& rule) {
  const auto [place, is_new] = entries_.try_emplace(rule.id);
  MIGADAPTER_CHECK(is_new);
  Entry& entry = place->second;
  entry.rule = rule;
  entry.writing = true;
  entry.forgotten_at = base::MonotonicTime::max();
  doors_.writer.create(rule, answer_of(rule.id, RuleWrite::create));
}

void RuleLedger::set_status(const std::string& rule_id, cluster::RuleStatus status) {
  const auto found = entries_.find(rule_id);
  if (found == entries_.end() || found->second.gone || found->second.should_go) return;
  found->second.wanted = std::move(status);
}

void RuleLedger::remove(const std::string& rule_id) {
  const auto found = entries_.find(rule_id);
  if (found != entries_.end()) found->second.should_go = true;
}

void RuleLedger::answered(const RuleOutcome& outcome) {
  const auto found = entries_.find(outcome.rule_id);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.writing = false;
  if (outcome.result.ok()) {
    entry.failures = 0;
    return take_version(entry, outcome);
  }
  const bool never_was = outcome.write == RuleWrite::create && !entry.shown &&
                         is_final_refusal(outcome.result.error().code());
  if (never_was) {
    entries_.erase(found);
  } else {
    take_refusal(entry, outcome);
  }
}

void RuleLedger::take_version(Entry& entry, const RuleOutcome& outcome) {
  if (outcome.write == RuleWrite::removal) return bury(entry);
  const kube::RuleVersion& version = *outcome.result;
  const bool is_news = cluster::has_come_to(version.resource_version, entry.rule.resource_version);
  if (!is_news) return;
  entry.rule.uid = version.uid;
  entry.rule.resource_version = version.resource_version;
  if (outcome.write != RuleWrite::status) return;
  entry.rule.status = *entry.sent_status;
  if (entry.wanted == entry.sent_status) entry.wanted.reset();
}

void RuleLedger::take_refusal(Entry& entry, const RuleOutcome& outcome) {
  const base::Error& error = outcome.result.error();
  const base::MonotonicTime now = doors_.clock.monotonic();
  if (outcome.write == RuleWrite::create) {
    entry.forgotten_at = now + kNewsPatience;
    return;
  }
  if (error.code() == base::ErrorCode::not_found) return bury(entry);
  if (error.code() == base::ErrorCode::conflict) {
    // The watch shows what has changed, or has done so already.
    const bool has_news = entry.sent_version != entry.rule.resource_version;
    entry.not_before = has_news ? now : now + kNewsPatience;
    return;
  }
  entry.not_before =
      now + std::max(write_retry(++entry.failures), error.retry_after().value_or(base::Millis(0)));
  doors_.log.warning("a rule was not written",
                     {{"rule", outcome.rule_id}, {"error", error.message()}});
}

void RuleLedger::bury(Entry& entry) {
  entry.gone = true;
  entry.forgotten_at = doors_.clock.monotonic() + kRuleMemory;
}

bool RuleLedger::has_work(const Entry& entry) const {
  if (entry.gone || entry.writing || entry.rule.uid.empty()) return false;
  return entry.should_go || entry.wanted.has_value();
}

void RuleLedger::flush(const std::function<bool()>& may_write) {
  forget_old();
  for (auto& [rule_id, entry] : entries_) {
    const bool due = has_work(entry) && doors_.clock.monotonic() >= entry.not_before;
    if (due && !may_write()) return;
    if (due) write(entry);
  }
}

void RuleLedger::write(Entry& entry) {
  entry.writing = true;
  entry.sent_version = entry.rule.resource_version;
  entry.sent_status = entry.wanted;
  if (entry.should_go) {
    return doors_.writer.remove(entry.rule, answer_of(entry.rule.id, RuleWrite::removal));
  }
  cluster::Rule rule = entry.rule;
  rule.status = *entry.wanted;
  doors_.writer.write_status(rule, answer_of(rule.id, RuleWrite::status));
}

kube::RuleWriter::Done RuleLedger::answer_of(const std::string& rule_id, RuleWrite write) {
  return [&inbox = doors_.inbox, rule_id, write](base::Result<kube::RuleVersion> result) {
    inbox.push(RuleOutcome{rule_id, write, std::move(result)});
  };
}

void RuleLedger::forget_old() {
  const base::MonotonicTime now = doors_.clock.monotonic();
  std::erase_if(entries_, [now](const auto& entry) {
    const bool is_nothing = entry.second.gone || entry.second.rule.uid.empty();
    return is_nothing && !entry.second.writing && now >= entry.second.forgotten_at;
  });
}

void RuleLedger::give_up() {
  for (auto& [rule_id, entry] : entries_) {
    entry.should_go = false;
    entry.wanted.reset();
  }
}

const cluster::Rule* RuleLedger::find(const std::string& rule_id) const {
  const auto found = entries_.find(rule_id);
  return found == entries_.end() || found->second.gone ? nullptr : &found->second.rule;
}

std::vector<cluster::Rule> RuleLedger::standing() const {
  std::vector<cluster::Rule> rules;
  for (const auto& [rule_id, entry] : entries_) {
    if (entry.shown && !entry.gone && !entry.should_go) rules.push_back(entry.rule);
  }
  return rules;
}

std::set<base::Name> RuleLedger::owners_unseen() const {
  std::set<base::Name> owners;
  for (const auto& [rule_id, entry] : entries_) {
    if (!entry.shown && !entry.gone) owners.insert(entry.rule.owner.uid);
  }
  return owners;
}

std::optional<base::MonotonicTime> RuleLedger::next_due() const {
  std::optional<base::MonotonicTime> next;
  for (const auto& [rule_id, entry] : entries_) {
    const bool is_lost = entry.rule.uid.empty() && !entry.writing;
    if (!has_work(entry) && !is_lost) continue;
    const base::MonotonicTime due = is_lost ? entry.forgotten_at : entry.not_before;
    if (!next || due < *next) next = due;
  }
  return next;
}

}  // namespace migadapter::controller
