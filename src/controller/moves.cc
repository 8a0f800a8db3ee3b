#include "controller/moves.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

bool is_unwritten(const Move& move) {
  return move.phase != MovePhase::recording && move.written != move.phase;
}

}  // namespace

std::string_view to_string(MovePhase phase) {
  switch (phase) {
    case MovePhase::recording:
      return "Recording";
    case MovePhase::publishing:
      return "Publishing";
    case MovePhase::evicting:
      return "Evicting";
    case MovePhase::awaiting:
      return "Awaiting";
    case MovePhase::placing:
      return "Placing";
    case MovePhase::starting:
      return "Starting";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

std::string_view explain(MovePhase phase) {
  switch (phase) {
    case MovePhase::recording:
      return "The rule is being written.";
    case MovePhase::publishing:
      return "The old pod is not evicted before every replica of the webhook serves the rule.";
    case MovePhase::evicting:
      return "The eviction of the old pod was asked for.";
    case MovePhase::awaiting:
      return "The old pod goes; its owner has not created the new one yet.";
    case MovePhase::placing:
      return "The new pod is there and waits for the scheduler.";
    case MovePhase::starting:
      return "The new pod has a node and does not run yet.";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

cluster::RulePhase rule_phase(MovePhase phase) {
  MIGADAPTER_CHECK(phase != MovePhase::recording);
  // The same phases in the same order, but for the first.
  return static_cast<cluster::RulePhase>(static_cast<int>(phase) - 1);
}

Move& Moves::begin(Move move) {
  MIGADAPTER_CHECK(!rule_by_pod_.contains(move.rule.old_pod.uid));
  rule_by_pod_.emplace(move.rule.old_pod.uid, move.rule.id);
  const std::string rule_id = move.rule.id;
  const auto [place, is_new] = moves_.emplace(rule_id, std::move(move));
  MIGADAPTER_CHECK(is_new);
  return place->second;
}

Move* Moves::find(const std::string& rule_id) {
  const auto found = moves_.find(rule_id);
  return found == moves_.end() ? nullptr : &found->second;
}

Move* Moves::find_by_pod(const base::Name& pod_uid) {
  const auto found = rule_by_pod_.find(pod_uid);
  return found == rule_by_pod_.end() ? nullptr : find(found->second);
}

void Moves::set_new_pod(Move& move, const base::Name& new_pod_uid) {
  move.new_pod_uid = new_pod_uid;
  rule_by_pod_.emplace(new_pod_uid, move.rule.id);
}

Move Moves::end(const std::string& rule_id) {
  const auto found = moves_.find(rule_id);
  MIGADAPTER_CHECK(found != moves_.end());
  Move move = std::move(found->second);
  moves_.erase(found);
  rule_by_pod_.erase(move.rule.old_pod.uid);
  if (!move.new_pod_uid.empty()) rule_by_pod_.erase(move.new_pod_uid);
  return move;
}

template <typename Condition>
std::vector<std::string> Moves::where(const Condition& holds) const {
  std::vector<std::string> rule_ids;
  for (const auto& [rule_id, move] : moves_) {
    if (holds(move)) rule_ids.push_back(rule_id);
  }
  return rule_ids;
}

std::vector<std::string> Moves::overdue(base::MonotonicTime now) const {
  return where([now](const Move& move) { return now >= move.deadline; });
}

std::vector<std::string> Moves::in_phase(MovePhase phase) const {
  return where([phase](const Move& move) { return move.phase == phase; });
}

std::vector<std::string> Moves::of_owner(const base::Name& owner_uid) const {
  return where([&owner_uid](const Move& move) { return move.rule.owner.uid == owner_uid; });
}

std::vector<std::string> Moves::all() const {
  return where([](const Move&) { return true; });
}

std::vector<std::string> Moves::unwritten(base::MonotonicTime now) const {
  return where(
      [now](const Move& move) { return is_unwritten(move) && now >= move.since + kStatusDelay; });
}

void Moves::extend(base::MonotonicTime deadline) {
  for (auto& [rule_id, move] : moves_) move.deadline = std::max(move.deadline, deadline);
}

std::optional<base::MonotonicTime> Moves::next_deadline() const {
  std::optional<base::MonotonicTime> next;
  for (const auto& [rule_id, move] : moves_) {
    base::MonotonicTime due = move.deadline;
    if (is_unwritten(move)) due = std::min(due, move.since + kStatusDelay);
    if (!next || due < *next) next = due;
  }
  return next;
}

}  // namespace migadapter::controller
