#include "controller/moves.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace migadapter::controller {

void Moves::begin(Move move) {
  MIGADAPTER_CHECK(!rule_by_pod_.contains(move.old_pod_uid));
  rule_by_pod_.emplace(move.old_pod_uid, move.rule.id);
  const std::string rule_id = move.rule.id;
  MIGADAPTER_CHECK(moves_.emplace(rule_id, std::move(move)).second);
}

Move* Moves::find(const std::string& rule_id) {
  const auto found = moves_.find(rule_id);
  return found == moves_.end() ? nullptr : &found->second;
}

Move* Moves::find_by_pod(const base::Name& pod_uid) {
  const auto found = rule_by_pod_.find(pod_uid);
  return found == rule_by_pod_.end() ? nullptr : find(found->second);
}

void Moves::place(Move& move, const base::Name& new_pod_uid, base::MonotonicTime deadline) {
  move.phase = MovePhase::placing;
  move.new_pod_uid = new_pod_uid;
  move.deadline = deadline;
  rule_by_pod_.emplace(new_pod_uid, move.rule.id);
}

Move Moves::end(const std::string& rule_id) {
  const auto found = moves_.find(rule_id);
  MIGADAPTER_CHECK(found != moves_.end());
  Move move = std::move(found->second);
  moves_.erase(found);
  rule_by_pod_.erase(move.old_pod_uid);
  if (!move.new_pod_uid.empty()) rule_by_pod_.erase(move.new_pod_uid);
  return move;
}

std::vector<std::string> Moves::overdue(base::MonotonicTime now) const {
  std::vector<std::string> overdue;
  for (const auto& [rule_id, move] : moves_) {
    if (now >= move.deadline) overdue.push_back(rule_id);
  }
  return overdue;
}

void Moves::extend(base::MonotonicTime deadline) {
  for (auto& [rule_id, move] : moves_) move.deadline = std::max(move.deadline, deadline);
}

std::optional<base::MonotonicTime> Moves::next_deadline() const {
  std::optional<base::MonotonicTime> next;
  for (const auto& [rule_id, move] : moves_) {
    if (!next || move.deadline < *next) next = move.deadline;
  }
  return next;
}

}  // namespace migadapter::controller
