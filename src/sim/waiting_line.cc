#include "sim/waiting_line.h"

#include <utility>

#include "base/check.h"

namespace migadapter::sim {

void WaitingLine::add(const Demand& demand, Turn turn) {
  Group& group = groups_[demand];
  const bool is_new = group.turns.insert(turn).second;
  MIGADAPTER_CHECK(is_new);
  group.untold.push_back(turn.pod);
  // Only a higher priority than all of them could matter to it, and it fits no better than they.
}

void WaitingLine::remove(const Demand& demand, Turn turn) {
  const auto group = groups_.find(demand);
  MIGADAPTER_CHECK(group != groups_.end() && group->second.turns.erase(turn) == 1);
  std::erase(group->second.untold, turn.pod);
  if (group->second.turns.empty()) groups_.erase(group);
}

void WaitingLine::wake() {
  for (auto& [demand, group] : groups_) group.rests = false;
}

std::optional<int> WaitingLine::next() const {
  std::optional<Turn> first;
  for (const auto& [demand, group] : groups_) {
    const bool is_due = !group.rests || !group.untold.empty();
    if (is_due && (!first || *group.turns.begin() < *first)) first = *group.turns.begin();
  }
  return first ? std::optional(first->pod) : std::nullopt;
}

std::vector<int> WaitingLine::rest(const Demand& demand) {
  Group& group = groups_.at(demand);
  group.rests = true;
  return std::exchange(group.untold, {});
}

}  // namespace migadapter::sim
