// How the mover comes to the moves of rules that it did not write in this life.
#include <algorithm>

#include "controller/limits.h"
#include "controller/mover.h"
#include "controller/recovery.h"

namespace migadapter::controller {
namespace {

/// What is left of a rule's time, by the wall clock of whoever wrote it: no more than a rule can
/// have.
base::Millis time_left(const cluster::Rule& rule, base::WallTime now) {
  return std::clamp(rule.expires - now, base::Millis(0), kOrderedRuleLifetime + kPublishPatience);
}

}  // namespace

void Mover::take_over() {
  acting_ = true;
  for (const cluster::Rule& rule : rules_.standing()) adopt(rule);
}

void Mover::step_down() {
  acting_ = false;
  for (const std::string& rule_id : moves_.all()) close(rule_id);
  rules_.give_up();
  paces_ = {};
  kept_.clear();
  asked_.clear();
}

/// Also a rule that appears while we act, of which we know nothing: a late write of a process that
/// acted before, or one made by hand.
void Mover::adopt(const cluster::Rule& rule) {
  const Recovery recovery = recover(doors_.store.snapshot(), rule, doors_.clock.wall());
  const bool has_move = moves_.find_by_pod(rule.old_pod.uid) != nullptr;
  const bool is_full = moves_.size() >= 2 * kMostMoves;
  switch (recovery.standing) {
    case Standing::awaiting:
      if (has_move || is_full) break;
      return carry_on(rule, MovePhase::awaiting, {});
    case Standing::placing:
      if (has_move || is_full) break;
      return carry_on(rule, MovePhase::placing, recovery.new_pod_uid);
    case Standing::starting:
      if (has_move || is_full) break;
      return carry_on(rule, MovePhase::starting, recovery.new_pod_uid);
    case Standing::failed:
      return recall_failures(rule);
    case Standing::not_begun:
    case Standing::pointless:
    case Standing::done:
      break;
  }
  doors_.journal.discarded(rule, recovery.standing);
  rules_.remove(rule.id);
}

/// What we carry on is written into the rule at once: a process that acted before us and does not
/// know yet that it has been replaced can then no longer change the rule.
void Mover::carry_on(const cluster::Rule& rule, MovePhase phase, const base::Name& new_pod_uid) {
  const base::Millis patience = phase == MovePhase::awaiting  ? time_left(rule, doors_.clock.wall())
                                : phase == MovePhase::placing ? kBindDeadline
                                                              : kStartPatience;
  Move& move = begin(rule, phase, patience);
  if (phase == MovePhase::starting) {
    paces_.confirmed(rule.owner.uid);
  } else {
    const cluster::Pod* like =
        doors_.store.snapshot().find_pod(new_pod_uid.empty() ? rule.old_pod.uid : new_pod_uid);
    hold_room(move, like);
  }
  if (!new_pod_uid.empty()) moves_.set_new_pod(move, new_pod_uid);
  doors_.journal.carried_on(move);
  write_down(move);
  if (phase != MovePhase::awaiting || rule.pod_name.empty()) return;
  for (const auto& [uid, pod] : doors_.store.snapshot().pods()) {
    if (has_missed(rule, pod)) return fail(rule.id, MoveFailure::not_recreated);
  }
}

void Mover::recall_failures(const cluster::Rule& rule) {
  const base::Name& owner_uid = rule.owner.uid;
  const bool has_another = kept_.contains(owner_uid) && kept_.at(owner_uid).rule_id != rule.id;
  const base::MonotonicTime until =
      now() + (rule.status.since + kFailureMemory - doors_.clock.wall());
  const bool is_over = now() >= until || is_gone(doors_.store.snapshot(), rule.owner);
  if (!is_over) paces_.recall(owner_uid, rule.status.failures, doors_.clock);
  if (is_over || has_another) return rules_.remove(rule.id);
  kept_.insert_or_assign(owner_uid, Kept{rule.id, std::min(until, now() + kFailureMemory)});
}

void Mover::rule_changed(const cluster::Rule& rule) {
  const bool is_unknown = rules_.seen(rule);
  Move* move = moves_.find(rule.id);
  if (move == nullptr) {
    if (is_unknown && acting_) adopt(rule);
    return;
  }
  if (move->phase != MovePhase::recording) return;
  // The answer to our write may be lost, or is still on its way.
  move->published_as = rule.resource_version;
  enter(*move, MovePhase::publishing, kPublishPatience);
}

/// Somebody has deleted it: the move is not wanted.
void Mover::rule_removed(const base::Name& rule_uid) {
  const auto rule_id = rules_.gone(rule_uid);
  if (!rule_id) return;
  std::erase_if(kept_, [&](const auto& entry) { return entry.second.rule_id == *rule_id; });
  const Move* move = moves_.find(*rule_id);
  if (move == nullptr || move->phase >= MovePhase::placing) return;
  pause(*move, kFirstBackOff);
  withdraw(*rule_id, MoveFailure::rule_deleted);
}

}  // namespace migadapter::controller
