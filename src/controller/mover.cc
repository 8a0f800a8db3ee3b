#include "controller/mover.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "cluster/requests.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

base::Millis rule_lifetime(const cluster::OwnerReference& owner) {
  const bool waits_for_the_end =
      owner.kind == cluster::OwnerKind::stateful_set || owner.kind == cluster::OwnerKind::job;
  return waits_for_the_end ? kOrderedRuleLifetime : kRuleLifetime;
}

/// The request may have been carried out although we do not know it.
bool is_unknown_outcome(base::ErrorCode code) {
  return code == base::ErrorCode::unavailable || code == base::ErrorCode::timeout ||
         code == base::ErrorCode::cancelled;
}

bool is_changed_pod(base::ErrorCode code) {
  return code == base::ErrorCode::conflict || code == base::ErrorCode::not_found;
}

}  // namespace

bool Mover::may_move(const cluster::Pod& pod) {
  return pod.owner && moves_.size() < kMostMoves && moves_.find_by_pod(pod.uid) == nullptr &&
         !was_asked(pod) && paces_.may_move(*pod.owner, doors_.clock.monotonic());
}

bool Mover::start(const cluster::Pod& pod, const decide::Grant& grant,
                  cluster::RulePurpose purpose) {
  MIGADAPTER_CHECK(pod.owner.has_value());
  cluster::Rule rule = make_rule(pod, grant, purpose);
  if (!doors_.rules.put(rule).ok()) return false;
  doors_.store.hold({rule.id, grant.node, grant.requests, cluster::successor_of(pod)});
  paces_.begin(*pod.owner);
  ledger_.begin(rule, doors_.clock.monotonic());

  Move move;
  move.rule = std::move(rule);
  move.grant = grant;
  move.old_pod_uid = pod.uid;
  move.old_pod_name = pod.name;
  move.old_pod_version = pod.resource_version;
  move.deadline = doors_.clock.monotonic() + rule_lifetime(*pod.owner);
  doors_.journal.started(pod, move);
  wait_for_news_of(move);
  const std::string rule_id = move.rule.id;
  moves_.begin(std::move(move));
  doors_.writer.evict({pod.name_space, pod.name, pod.uid, pod.resource_version},
                      [&inbox = doors_.inbox, rule_id](base::Status status) {
                        inbox.push(EvictionOutcome{rule_id, std::move(status)});
                      });
  return true;
}

cluster::Rule Mover::make_rule(const cluster::Pod& pod, const decide::Grant& grant,
                               cluster::RulePurpose purpose) {
  cluster::Rule rule;
  rule.id = fmt::format("{:016x}", rng_.next());
  rule.purpose = purpose;
  rule.name_space = pod.name_space;
  rule.owner = *pod.owner;
  if (pod.owner->kind == cluster::OwnerKind::stateful_set) rule.pod_name = pod.name;
  rule.completion_index = pod.completion_index.str();
  rule.demand = cluster::demand_of(pod);
  rule.demand_resource = grant.demand;
  rule.grant_resource = grant.grant;
  rule.expires = doors_.clock.wall() + rule_lifetime(*pod.owner);
  return rule;
}

void Mover::pod_changed(const cluster::Pod& pod) {
  ledger_.saw(pod, doors_.clock.wall() - pod.created, doors_.clock.monotonic());
  Move* move = moves_.find_by_pod(pod.uid);
  if (move == nullptr && pod.granted) move = moves_.find(pod.granted->rule_id);
  if (move == nullptr) return;
  if (pod.uid == move->old_pod_uid) {
    if (pod.terminating) await(*move);
    return;
  }
  if (move->phase != MovePhase::placing) {
    // The rule has served its purpose; the promise stays until the pod is bound.
    doors_.rules.withdraw(move->rule.id);
    moves_.place(*move, pod.uid, doors_.clock.monotonic() + kBindDeadline);
  }
  if (pod.uid != move->new_pod_uid) return;
  if (pod.bound()) {
    confirm(pod, move->rule.id);
  } else if (pod.finished()) {
    fail(move->rule.id, MoveFailure::pod_failed);
  }
}

void Mover::pod_removed(const cluster::Pod& pod) {
  doors_.journal.forget(pod.uid);
  asked_.erase(pod.uid);
  Move* move = moves_.find_by_pod(pod.uid);
  if (move == nullptr) {
    // Bound by our rule, yet gone before it ran and without being deleted: the kubelet could not
    // give it the device (UnexpectedAdmissionError), and the watch does not show failed pods.
    const bool refused_by_kubelet = pod.owner && pod.granted && !pod.granted->rule_id.empty() &&
                                    pod.bound() && pod.phase == cluster::PodPhase::pending &&
                                    !pod.terminating;
    const bool known = refused_by_kubelet && doors_.store.snapshot().find_owner(pod.owner->uid);
    if (known) paces_.regretted(pod.owner->uid, doors_.clock.monotonic());
    return;
  }
  if (pod.uid == move->new_pod_uid) {
    fail(move->rule.id, MoveFailure::pod_failed);
  } else {
    await(*move);
  }
}

/// The old pod is evicted: its successor may take as long as the rule lives.
void Mover::await(Move& move) {
  if (move.phase != MovePhase::evicting) return;
  move.phase = MovePhase::awaiting;
  move.deadline = doors_.clock.monotonic() + rule_lifetime(move.rule.owner);
}

void Mover::eviction_answered(const EvictionOutcome& outcome) {
  Move* move = moves_.find(outcome.rule_id);
  if (move == nullptr) return;
  const bool placing = move->phase == MovePhase::placing;
  if (outcome.status.ok()) {
    await(*move);
    return;
  }
  const base::Error& error = outcome.status.error();
  if (is_unknown_outcome(error.code())) {
    const base::MonotonicTime patience = doors_.clock.monotonic() + kNewsPatience;
    if (move->phase == MovePhase::evicting) move->deadline = std::min(move->deadline, patience);
    return;  // the watch, or the deadline, will tell
  }
  hold_back(*move, error);
  if (placing) return;  // another new pod of the owner took the rule; it is seen to its node
  withdraw(outcome.rule_id,
           is_changed_pod(error.code()) ? MoveFailure::pod_changed : MoveFailure::refused,
           error.message());
}

/// Sees to it that what was refused is not asked for again at once.
void Mover::hold_back(const Move& move, const base::Error& error) {
  if (is_changed_pod(error.code())) return wait_for_news_of(move);
  asked_.erase(move.old_pod_uid);
  const base::Millis wait = std::max(error.retry_after().value_or(kFirstBackOff), kShortestPause);
  paces_.pause(move.rule.owner.uid, doors_.clock.monotonic() + wait);
}

bool Mover::was_asked(const cluster::Pod& pod) const {
  const auto found = asked_.find(pod.uid);
  return found != asked_.end() && found->second.resource_version == pod.resource_version &&
         doors_.clock.monotonic() < found->second.until;
}

/// Without this a watch or an answer that lags behind would have the same eviction asked for over
/// and over.
void Mover::wait_for_news_of(const Move& move) {
  if (doors_.store.snapshot().find_pod(move.old_pod_uid) == nullptr) return;  // the news is here
  asked_.insert_or_assign(move.old_pod_uid,
                          Asked{move.old_pod_version, doors_.clock.monotonic() + kNewsPatience});
}

void Mover::expire() {
  for (const std::string& rule_id : moves_.overdue(doors_.clock.monotonic())) {
    switch (moves_.find(rule_id)->phase) {
      case MovePhase::evicting:
        withdraw(rule_id, MoveFailure::not_evicted, {});
        break;
      case MovePhase::awaiting:
        fail(rule_id, MoveFailure::not_recreated);
        break;
      case MovePhase::placing:
        fail(rule_id, MoveFailure::not_placed);
        break;
    }
  }
}

void Mover::resume() {
  moves_.extend(doors_.clock.monotonic() + kBindDeadline);
}

void Mover::confirm(const cluster::Pod& new_pod, const std::string& rule_id) {
  const Move move = close(rule_id);
  paces_.confirmed(move.rule.owner.uid);
  doors_.journal.confirmed(new_pod, move);
}

void Mover::withdraw(const std::string& rule_id, MoveFailure failure, std::string_view detail) {
  const Move move = close(rule_id);
  ledger_.annul(rule_id);
  paces_.withdrawn(move.rule.owner.uid);
  doors_.journal.ended(move, failure, detail);
}

void Mover::fail(const std::string& rule_id, MoveFailure failure) {
  const Move move = close(rule_id);
  paces_.failed(move.rule.owner.uid, doors_.clock.monotonic());
  doors_.journal.ended(move, failure, {});
}

Move Mover::close(const std::string& rule_id) {
  doors_.rules.withdraw(rule_id);
  doors_.store.release(rule_id);
  ledger_.end(rule_id);
  return moves_.end(rule_id);
}

}  // namespace migadapter::controller
