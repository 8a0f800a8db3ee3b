// How many pods of one owner may be moved at once, as the controller has it.
#pragma once

#include <string>
#include <unordered_map>

#include "base/name.h"
#include "sim/workload.h"

namespace migadapter::sim {

/// A model of the controller's brake, for what can happen in a simulation: one move first, more
/// each round while they succeed, and a pause after one that did not; by decide/owner_pacing.h.
class OwnerPace {
 public:
  bool may_move(const base::Name& owner, Time now) const;
  void began(const base::Name& owner) { ++owners_[owner].in_flight; }
  void confirmed(const base::Name& owner);
  void failed(const base::Name& owner, Time now);
  /// The move came to nothing through nobody's fault: its job went.
  void withdrawn(const base::Name& owner) { --owners_[owner].in_flight; }
  /// The owner is gone.
  void forget(const base::Name& owner);
  /// The next moment at which a pause of any owner ends; kNever without one.
  Time next_end_of_pause(Time now) const;

 private:
  struct State {
    int in_flight = 0;
    int window = 1;
    int failures_in_a_row = 0;
  };
  std::unordered_map<base::Name, State> owners_;
  std::unordered_map<base::Name, Time> pauses_;  ///< until when
};

}  // namespace migadapter::sim
