#include "sim/mig_adapter.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace migadapter::sim {
namespace {

/// How long a move may take from the eviction to a node: kRuleLifetime and kBindDeadline of
/// src/controller/limits.h.
constexpr Time kMoveLifetime{60'000};

/// What one sweep has refused already: pods that differ in nothing but who they are are refused
/// alike, as in controller::Refusals.
class Refusals {
 public:
  bool know(const cluster::Pod& pod) const {
    return std::ranges::any_of(pods_,
                               [&](const cluster::Pod* other) { return alike(*other, pod); });
  }
  void remember(const cluster::Pod& pod, decide::UpgradeReason reason) {
    // One free instance keeps one of many alike waiting: whose turn it is is the pod's own.
    if (reason != decide::UpgradeReason::fits_now) pods_.push_back(&pod);
  }

 private:
  static bool alike(const cluster::Pod& a, const cluster::Pod& b) {
    return a.priority == b.priority && a.constraints == b.constraints && a.requests == b.requests &&
           a.granted.has_value() == b.granted.has_value() &&
           cluster::demand_of(a) == cluster::demand_of(b);
  }
  std::vector<const cluster::Pod*> pods_;
};

}  // namespace

void MigAdapter::job_went(int job) {
  const base::Name owner = view_.owner_uid(job);
  view_.job_went(job);
  if (view_.snapshot().find_owner(owner) == nullptr) pace_.forget(owner);
}

void MigAdapter::pod_changed(const Pod& pod) {
  view_.pod_changed(pod);
  const auto move = underway_.find(pod.move);
  if (move == underway_.end() || pod.phase == PodPhase::waiting) return;
  view_.store().release(std::to_string(pod.move));
  pace_.confirmed(move->second.owner);
  underway_.erase(move);
}

void MigAdapter::pod_gone(const Pod& pod) {
  view_.pod_gone(pod);
  const auto move = underway_.find(pod.move);
  if (move == underway_.end()) return;
  view_.store().release(std::to_string(pod.move));
  pace_.withdrawn(move->second.owner);
  underway_.erase(move);
}

std::vector<Move> MigAdapter::sweep(Time now) {
  now_ = now;
  asked_.clear();
  moves_.clear();
  expire();
  upgrade_waiting_pods();
  restore_upgraded_pods();
  return std::exchange(moves_, {});
}

/// Gives up the moves that have taken too long.
void MigAdapter::expire() {
  for (auto move = underway_.begin(); move != underway_.end();) {
    if (now_ < move->second.deadline) {
      ++move;
      continue;
    }
    view_.store().release(std::to_string(move->first));
    pace_.failed(move->second.owner, now_);
    move = underway_.erase(move);
  }
}

std::optional<Time> MigAdapter::next_deadline() const {
  Time next = pace_.next_end_of_pause(now_);
  for (const auto& [id, move] : underway_) next = std::min(next, move.deadline);
  return next == kNever ? std::nullopt : std::optional(next);
}

bool MigAdapter::may_move(const cluster::Pod& pod) const {
  const bool is_placing = pod.granted && view_.snapshot().promises().contains(pod.granted->rule_id);
  return !is_placing && !asked_.contains(pod.uid) && pace_.may_move(pod.owner->uid, now_);
}

std::vector<const cluster::Pod*> MigAdapter::waiting_in_order() const {
  std::vector<const cluster::Pod*> pods;
  for (const base::Name& uid : view_.snapshot().waiting()) {
    pods.push_back(view_.snapshot().find_pod(uid));
  }
  std::ranges::sort(pods, [](const cluster::Pod* a, const cluster::Pod* b) {
    return std::tie(b->priority, a->created, a->uid) < std::tie(a->priority, b->created, b->uid);
  });
  return pods;
}

void MigAdapter::upgrade_waiting_pods() {
  if (view_.snapshot().resources_with_free().empty()) return;  // every answer is a refusal
  Refusals refusals;
  for (const cluster::Pod* pod : waiting_in_order()) {
    if (!may_move(*pod) || refusals.know(*pod)) continue;
    const decide::UpgradeDecision decision = decide::upgrade(view_.snapshot(), *pod);
    if (decision.grant) {
      begin(*pod, *decision.grant);
    } else {
      refusals.remember(*pod, decision.reason);
    }
  }
}

void MigAdapter::restore_upgraded_pods() {
  const auto held = [this](const cluster::Pod& pod) { return !may_move(pod); };
  const base::WallTime now = base::WallTime{} + now_;
  while (const auto next = decide::next_restore(view_.snapshot(), restore_, now, held)) {
    begin(*view_.snapshot().find_pod(next->pod_uid), *next->decision.grant);
  }
}

void MigAdapter::begin(const cluster::Pod& pod, const decide::Grant& grant) {
  const int id = next_id_++;
  view_.store().hold({std::to_string(id), grant.node, grant.requests, cluster::successor_of(pod)});
  pace_.began(pod.owner->uid);
  underway_.emplace(id, Underway{pod.owner->uid, now_ + kMoveLifetime});
  asked_.insert(pod.uid);
  moves_.push_back({id, view_.pod_of(pod.uid), view_.kind_of(grant.grant)});
}

}  // namespace migadapter::sim
