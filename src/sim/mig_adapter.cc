#include "sim/mig_adapter.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace migadapter::sim {
namespace {

/// How long a move may take from the eviction to a node: kRuleLifetime and kBindDeadline of
/// src/controller/limits.h.
constexpr Time kMoveLifetime{60'000};

}  // namespace

void MigAdapter::job_went(int job) {
  const base::Name owner = view_.owner_uid(job);
  view_.job_went(job);
  if (view_.snapshot().find_owner(owner) == nullptr) pace_.forget(owner);
}

MigAdapter::Alike MigAdapter::alike(const Pod& pod) const {
  const Job& job = workload_.jobs[static_cast<std::size_t>(pod.job)];
  return {job.priority, job.demand, pod.grant, pod.move >= 0};
}

void MigAdapter::pod_changed(const Pod& pod) {
  view_.pod_changed(pod);
  may_restore_ = true;
  if (pod.phase == PodPhase::waiting) {
    const bool asks = workload_.jobs[static_cast<std::size_t>(pod.job)].demand.count > 0;
    if (pod.unschedulable && asks) waiting_[alike(pod)].emplace(pod.created, pod.id);
    return;
  }
  if (pod.phase == PodPhase::starting) forget(pod);
  const auto move = underway_.find(pod.move);
  if (move == underway_.end()) return;
  view_.store().release(std::to_string(pod.move));
  pace_.confirmed(move->second.owner);
  underway_.erase(move);
}

void MigAdapter::pod_gone(const Pod& pod) {
  view_.pod_gone(pod);
  may_restore_ = true;
  forget(pod);
  const auto move = underway_.find(pod.move);
  if (move == underway_.end()) return;
  view_.store().release(std::to_string(pod.move));
  pace_.withdrawn(move->second.owner);
  underway_.erase(move);
}

/// The pod waits no more.
void MigAdapter::forget(const Pod& pod) {
  const auto group = waiting_.find(alike(pod));
  if (group == waiting_.end()) return;
  group->second.erase({pod.created, pod.id});
  if (group->second.empty()) waiting_.erase(group);
}

std::vector<Move> MigAdapter::sweep(Time now) {
  if (next_deadline().value_or(kNever) <= now) may_restore_ = true;
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
    may_restore_ = true;
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

/// By priority, then by age. Those that are alike wait behind each other: once one of them is
/// refused for more than its turn, so are the others.
void MigAdapter::upgrade_waiting_pods() {
  if (view_.snapshot().resources_with_free().empty()) return;  // every answer is a refusal
  struct Line {
    std::int32_t priority;
    Turns::const_iterator next;
    Turns::const_iterator end;
  };
  std::vector<Line> lines;
  for (const auto& [alike, turns] : waiting_) {
    lines.push_back({alike.priority, turns.begin(), turns.end()});
  }
  while (!lines.empty()) {
    const auto first = std::ranges::min_element(lines, [](const Line& a, const Line& b) {
      return a.priority != b.priority ? a.priority > b.priority : *a.next < *b.next;
    });
    const bool goes_on = try_upgrade(first->next->second);
    if (!goes_on || ++first->next == first->end) lines.erase(first);
  }
}

/// Whether those that are alike need be looked at too.
bool MigAdapter::try_upgrade(int number) {
  const cluster::Pod* pod = view_.snapshot().find_pod(ClusterView::uid_of(number));
  MIGADAPTER_CHECK(pod != nullptr);
  if (!may_move(*pod)) return true;
  const decide::UpgradeDecision decision = decide::upgrade(view_.snapshot(), *pod);
  if (decision.grant) begin(*pod, *decision.grant);
  // One free instance keeps one of many alike waiting: whose turn it is is the pod's own.
  return decision.grant || decision.reason == decide::UpgradeReason::fits_now;
}

void MigAdapter::restore_upgraded_pods() {
  if (!std::exchange(may_restore_, false)) return;
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
