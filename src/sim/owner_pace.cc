#include "sim/owner_pace.h"

#include <algorithm>

#include "decide/owner_pacing.h"

namespace migadapter::sim {

bool OwnerPace::may_move(const base::Name& owner, Time now) const {
  const auto pause = pauses_.find(owner);
  if (pause != pauses_.end() && now < pause->second) return false;
  const auto found = owners_.find(owner);
  return found == owners_.end() || found->second.in_flight < found->second.window;
}

void OwnerPace::confirmed(const base::Name& owner) {
  State& state = owners_[owner];
  --state.in_flight;
  state.failures_in_a_row = 0;
  state.window = decide::widened(state.window);
}

void OwnerPace::failed(const base::Name& owner, Time now) {
  State& state = owners_[owner];
  --state.in_flight;
  state.window = 1;
  const auto [pause, is_first] = pauses_.try_emplace(owner, Time{0});
  if (!is_first && now < pause->second) return;  // part of the same incident
  pause->second = now + decide::back_off(++state.failures_in_a_row);
}

void OwnerPace::forget(const base::Name& owner) {
  const auto found = owners_.find(owner);
  if (found == owners_.end() || found->second.in_flight > 0) return;
  owners_.erase(found);
  pauses_.erase(owner);
}

Time OwnerPace::next_end_of_pause(Time now) const {
  Time next = kNever;
  for (const auto& [owner, until] : pauses_) {
    if (until > now) next = std::min(next, until);
  }
  return next;
}

}  // namespace migadapter::sim
