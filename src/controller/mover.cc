// The moves themselves; how they begin after another process's is in takeover.cc.
#include "controller/mover.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "cluster/requests.h"
#include "controller/limits.h"
#include "controller/recovery.h"
#include "decide/eligible.h"
#include "decide/policy.h"

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

Mover::Mover(MoverDoors doors, MoverOptions options)
    : doors_(std::move(doors)),
      actor_(std::move(options.actor)),
      rng_(options.seed),
      rules_({doors_.rule_writer, doors_.inbox, doors_.clock, doors_.log}) {}

bool Mover::may_move(const cluster::Pod& pod) {
  return pod.owner && moves_.size() < kMostMoves && moves_.find_by_pod(pod.uid) == nullptr &&
         !was_asked(pod) && !unseen_.contains(pod.owner->uid) && paces_.may_move(*pod.owner, now());
}

void Mover::start(const cluster::Pod& pod, const decide::Grant& grant,
                  cluster::RulePurpose purpose) {
  MIGADAPTER_CHECK(pod.owner.has_value());
  const Move& move = begin(make_rule(pod, grant, purpose), MovePhase::recording, kPublishPatience);
  hold_room(move, &pod);
  doors_.journal.started(move);
  rules_.create(move.rule);
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
  rule.node = grant.node;
  rule.requests = grant.requests;
  rule.old_pod = {pod.name, pod.uid, pod.resource_version};
  rule.reason = start_text(rule);
  rule.expires = doors_.clock.wall() + kPublishPatience + rule_lifetime(*pod.owner);
  return rule;
}

Move& Mover::begin(cluster::Rule rule, MovePhase phase, base::Millis patience) {
  Move move;
  move.rule = std::move(rule);
  if (const cluster::Owner* owner = doors_.store.snapshot().find_owner(move.rule.owner.uid))
    move.desired_replicas = owner->desired_replicas;
  enter(move, phase, patience);
  paces_.begin(move.rule.owner);
  ledger_.begin(move.rule, now());
  return moves_.begin(std::move(move));
}

void Mover::enter(Move& move, MovePhase phase, base::Millis patience) {
  move.phase = phase;
  move.since = now();
  move.deadline = now() + patience;
}

void Mover::hold_room(const Move& move, const cluster::Pod* like) {
  cluster::Promise promise{move.rule.id, move.rule.node, move.rule.requests};
  if (like != nullptr) promise.pod = cluster::successor_of(*like);
  doors_.store.hold(std::move(promise));
}

void Mover::answered(const RuleOutcome& outcome) {
  rules_.answered(outcome);
  Move* move = moves_.find(outcome.rule_id);
  if (move == nullptr || move->phase != MovePhase::recording) return;
  if (outcome.result.ok()) {
    move->published_as = outcome.result->resource_version;
    return enter(*move, MovePhase::publishing, kPublishPatience);
  }
  const base::Error error = outcome.result.error();
  if (is_unknown_outcome(error.code())) {
    move->deadline = std::min(move->deadline, now() + kNewsPatience);  // the watch will tell
    return;
  }
  pause(*move, std::max(error.retry_after().value_or(kFirstBackOff), kShortestPause));
  withdraw(outcome.rule_id, MoveFailure::not_recorded, error.message());
}

void Mover::act() {
  for (const std::string& rule_id : moves_.in_phase(MovePhase::publishing)) {
    if (doors_.gate() != HoldReason::free_to_act) break;
    evict_if_served(rule_id);
  }
  for (const std::string& rule_id : moves_.unwritten(now())) write_down(*moves_.find(rule_id));
  rules_.flush([this] { return may_write(doors_.gate()); });
}

void Mover::write_down(Move& move) {
  cluster::RuleStatus status;
  status.phase = rule_phase(move.phase);
  status.actor = actor_;
  status.reason = to_string(move.phase);
  status.message = explain(move.phase);
  status.since = doors_.clock.wall() - (now() - move.since);
  move.written = move.phase;
  rules_.set_status(move.rule.id, std::move(status));
}

void Mover::evict_if_served(const std::string& rule_id) {
  Move& move = *moves_.find(rule_id);
  if (!replicas_.all_serve(move.published_as, now())) return;
  if (const auto obstacle = obstacle_of(move)) {
    withdraw(rule_id, *obstacle);
  } else {
    evict(move);
  }
}

/// A moment has passed since the decision.
std::optional<MoveFailure> Mover::obstacle_of(const Move& move) const {
  const cluster::Snapshot& snapshot = doors_.store.snapshot();
  const cluster::Rule& rule = move.rule;
  const cluster::Pod* pod = snapshot.find_pod(rule.old_pod.uid);
  if (pod == nullptr || pod->resource_version != rule.old_pod.resource_version)
    return MoveFailure::pod_changed;
  const bool upgrade = rule.purpose == cluster::RulePurpose::upgrade;
  const auto kind = upgrade ? decide::Move::upgrade : decide::Move::restore;
  const bool eligible =
      decide::eligible(snapshot, *pod, kind).reason == decide::EligibleReason::eligible;
  const cluster::NodeState* node = snapshot.find_node(rule.node);
  const bool has_room = node != nullptr && node->free(rule.grant_resource.view()) >= 0;
  const decide::PodPolicy policy = decide::policy_for(snapshot, *pod, {});
  const bool allowed = policy.state == decide::PolicyState::enforcing;
  const bool fits_again =
      upgrade && decide::upgrade(snapshot, *pod, policy, doors_.clock.wall()).reason ==
                     decide::UpgradeReason::fits_now;
  if (eligible && allowed && has_room && !fits_again) return std::nullopt;
  return MoveFailure::not_needed;
}

void Mover::evict(Move& move) {
  const cluster::Rule& rule = move.rule;
  enter(move, MovePhase::evicting, rule_lifetime(rule.owner));
  doors_.journal.evicting(move);
  wait_for_news_of(move);
  doors_.writer.evict(
      {rule.name_space, rule.old_pod.name, rule.old_pod.uid, rule.old_pod.resource_version},
      [&inbox = doors_.inbox, rule_id = rule.id](base::Status status) {
        inbox.push(EvictionOutcome{rule_id, std::move(status)});
      });
}

void Mover::pod_changed(const cluster::Pod& pod) {
  ledger_.saw(pod, doors_.clock.wall() - pod.created, now());
  Move* move = moves_.find_by_pod(pod.uid);
  if (move == nullptr && pod.granted) move = moves_.find(pod.granted->rule_id);
  if (move == nullptr) return end_missed(pod);
  if (pod.uid != move->rule.old_pod.uid) return pod_arrived(*move, pod);
  if (pod.terminating) await(*move);
}

/// A StatefulSet's next pod is there, and the webhook did not give it its rule.
void Mover::end_missed(const cluster::Pod& pod) {
  if (!pod.owner || pod.owner->kind != cluster::OwnerKind::stateful_set) return;
  for (const std::string& rule_id : moves_.of_owner(pod.owner->uid)) {
    const Move& move = *moves_.find(rule_id);
    if (move.phase == MovePhase::awaiting && has_missed(move.rule, pod))
      return fail(rule_id, MoveFailure::not_recreated);
  }
}

void Mover::pod_arrived(Move& move, const cluster::Pod& pod) {
  if (move.phase < MovePhase::placing) {
    moves_.set_new_pod(move, pod.uid);
    enter(move, MovePhase::placing, kBindDeadline);
  }
  if (pod.uid == move.new_pod_uid) see_to_its_node(move, pod);
}

void Mover::see_to_its_node(Move& move, const cluster::Pod& pod) {
  if (pod.finished()) return fail(move.rule.id, MoveFailure::pod_failed);
  if (!pod.bound()) return;
  if (move.phase == MovePhase::placing) confirm(move, pod);
  if (pod.phase != cluster::PodPhase::pending) finish(move.rule.id);
}

/// It has a node: its owner may have the next move. The rule stays until the kubelet has taken it.
void Mover::confirm(Move& move, const cluster::Pod& new_pod) {
  doors_.store.release(move.rule.id);
  ledger_.end(move.rule.id);
  paces_.confirmed(move.rule.owner.uid);
  doors_.journal.confirmed(new_pod, move);
  write_down_success(move.rule.owner.uid);
  enter(move, MovePhase::starting, kStartPatience);
}

void Mover::pod_removed(const cluster::Pod& pod) {
  doors_.journal.forget(pod.uid);
  asked_.erase(pod.uid);
  Move* move = moves_.find_by_pod(pod.uid);
  if (move == nullptr) return;
  if (pod.uid == move->rule.old_pod.uid) return await(*move);
  // The watch does not show failed pods: one that was not being deleted was refused by its kubelet.
  if (move->phase == MovePhase::starting && pod.terminating) return finish(move->rule.id);
  fail(move->rule.id, move->phase == MovePhase::starting ? MoveFailure::refused_by_kubelet
                                                         : MoveFailure::pod_failed);
}

/// The old pod goes: its successor may take as long as the rule lives.
void Mover::await(Move& move) {
  if (move.phase == MovePhase::evicting) {
    enter(move, MovePhase::awaiting, rule_lifetime(move.rule.owner));
  } else if (move.phase < MovePhase::evicting) {
    withdraw(move.rule.id, MoveFailure::pod_changed);
  }
}

/// Fewer pods are wanted than when the old one was to be evicted: the new one may never come.
void Mover::owner_changed(const cluster::Owner& owner) {
  for (const std::string& rule_id : moves_.of_owner(owner.uid)) {
    const Move& move = *moves_.find(rule_id);
    const bool may_not_come = owner.desired_replicas < move.desired_replicas || owner.terminating;
    if (!may_not_come || move.phase != MovePhase::awaiting) continue;
    pause(move, kFirstBackOff);  // it may come all the same, without its rule
    withdraw(rule_id, MoveFailure::not_needed);
  }
}

void Mover::owner_removed(const base::Name& owner_uid) {
  for (const std::string& rule_id : moves_.of_owner(owner_uid)) {
    if (moves_.find(rule_id)->phase < MovePhase::placing)
      withdraw(rule_id, MoveFailure::not_needed);
  }
  drop_kept(owner_uid);
  paces_.forget(owner_uid);
}

void Mover::answered(const EvictionOutcome& outcome) {
  Move* move = moves_.find(outcome.rule_id);
  if (move == nullptr) return;
  if (outcome.status.ok()) return await(*move);
  const base::Error& error = outcome.status.error();
  if (is_unknown_outcome(error.code())) {
    const base::MonotonicTime patience = now() + kNewsPatience;
    if (move->phase == MovePhase::evicting) move->deadline = std::min(move->deadline, patience);
    return;  // the watch, or the deadline, will tell
  }
  hold_back(*move, error);
  // Another new pod of the owner has taken the rule; it is seen to its node.
  if (move->phase >= MovePhase::placing) return;
  withdraw(outcome.rule_id,
           is_changed_pod(error.code()) ? MoveFailure::pod_changed : MoveFailure::refused,
           error.message());
}

/// Sees to it that what was refused is not asked for again at once.
void Mover::hold_back(const Move& move, const base::Error& error) {
  if (is_changed_pod(error.code())) return wait_for_news_of(move);
  asked_.erase(move.rule.old_pod.uid);
  pause(move, std::max(error.retry_after().value_or(kFirstBackOff), kShortestPause));
}

void Mover::pause(const Move& move, base::Millis wait) {
  paces_.pause(move.rule.owner.uid, now() + wait);
}

bool Mover::was_asked(const cluster::Pod& pod) const {
  const auto found = asked_.find(pod.uid);
  return found != asked_.end() && found->second.resource_version == pod.resource_version &&
         now() < found->second.until;
}

/// Without this a watch or an answer that lags behind would have the same eviction asked for over
/// and over.
void Mover::wait_for_news_of(const Move& move) {
  const cluster::OldPod& pod = move.rule.old_pod;
  if (doors_.store.snapshot().find_pod(pod.uid) == nullptr) return;  // the news is here
  asked_.insert_or_assign(pod.uid, Asked{pod.resource_version, now() + kNewsPatience});
}

void Mover::expire() {
  end_overdue_moves();
  forget_old_failures();
}

void Mover::end_overdue_moves() {
  for (const std::string& rule_id : moves_.overdue(now())) {
    switch (moves_.find(rule_id)->phase) {
      case MovePhase::recording:
        withdraw(rule_id, MoveFailure::not_recorded);
        break;
      case MovePhase::publishing:
        pause(*moves_.find(rule_id), kFirstBackOff);
        withdraw(rule_id, MoveFailure::not_published);
        break;
      case MovePhase::evicting:
        withdraw(rule_id, MoveFailure::not_evicted);
        break;
      case MovePhase::awaiting:
        fail(rule_id, MoveFailure::not_recreated);
        break;
      case MovePhase::placing:
        fail(rule_id, MoveFailure::not_placed);
        break;
      case MovePhase::starting:
        finish(rule_id);
        break;
    }
  }
}

/// The oldest go first, also where there are too many.
void Mover::forget_old_failures() {
  while (!kept_.empty()) {
    const auto oldest = std::min_element(
        kept_.begin(), kept_.end(),
        [](const auto& a, const auto& b) { return a.second.until < b.second.until; });
    if (now() < oldest->second.until && kept_.size() <= kMostKeptRules) return;
    drop_kept(base::Name(oldest->first));
  }
}

void Mover::resume() {
  moves_.extend(now() + kBindDeadline);
  replicas_.reprieve(now());
}

std::optional<base::MonotonicTime> Mover::next_deadline() const {
  std::optional<base::MonotonicTime> next = moves_.next_deadline();
  const auto consider = [&next](std::optional<base::MonotonicTime> due) {
    if (due && (!next || *due < *next)) next = due;
  };
  if (acting_) consider(rules_.next_due());
  if (!moves_.in_phase(MovePhase::publishing).empty()) consider(replicas_.next_death(now()));
  return next;
}

void Mover::finish(std::string rule_id) {
  rules_.remove(rule_id);
  close(rule_id);
}

void Mover::withdraw(std::string rule_id, MoveFailure failure, std::string_view detail) {
  rules_.remove(rule_id);
  const Move move = close(rule_id);
  if (move.phase < MovePhase::awaiting) ledger_.annul(rule_id);  // no pod was evicted
  paces_.withdrawn(move.rule.owner.uid);
  doors_.journal.ended(move, failure, detail);
}

void Mover::fail(std::string rule_id, MoveFailure failure) {
  const Move move = close(rule_id);
  const base::Name& owner_uid = move.rule.owner.uid;
  if (move.phase != MovePhase::starting) {
    paces_.failed(owner_uid, now());
  } else if (!is_gone(doors_.store.snapshot(), move.rule.owner)) {
    paces_.regretted(owner_uid, now());
  }
  keep(move, failure);
  doors_.journal.ended(move, failure, {});
}

/// The rule of a move that failed stays, so that another process knows of the failure too; one for
/// each owner, with all of the owner's failures.
void Mover::keep(const Move& move, MoveFailure failure) {
  const base::Name& owner_uid = move.rule.owner.uid;
  if (is_gone(doors_.store.snapshot(), move.rule.owner))
    return rules_.remove(move.rule.id);  // Kubernetes deletes it too
  drop_kept(owner_uid);
  cluster::RuleStatus status;
  status.phase = cluster::RulePhase::backing_off;
  status.actor = actor_;
  status.reason = to_string(failure);
  status.message = explain(failure);
  status.since = doors_.clock.wall();
  status.failures = paces_.failures_of(owner_uid, doors_.clock);
  rules_.set_status(move.rule.id, std::move(status));
  kept_.insert_or_assign(owner_uid, Kept{move.rule.id, now() + kFailureMemory});
}

/// The next failure of the owner is the first in a row again, for another process too.
void Mover::write_down_success(const base::Name& owner_uid) {
  const auto kept = kept_.find(owner_uid);
  const cluster::Rule* rule = kept == kept_.end() ? nullptr : rules_.find(kept->second.rule_id);
  if (rule == nullptr || rule->status.failures.in_a_row == 0) return;
  cluster::RuleStatus status = rule->status;
  status.failures.in_a_row = 0;
  rules_.set_status(rule->id, std::move(status));
}

void Mover::drop_kept(const base::Name& owner_uid) {
  const auto found = kept_.find(owner_uid);
  if (found == kept_.end()) return;
  rules_.remove(found->second.rule_id);
  kept_.erase(found);
}

Move Mover::close(const std::string& rule_id) {
  doors_.store.release(rule_id);
  ledger_.end(rule_id);
  return moves_.end(rule_id);
}

}  // namespace migadapter::controller
