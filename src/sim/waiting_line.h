// The scheduler's queue: who is tried next, and who need not be tried again yet.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sim/demand.h"

namespace migadapter::sim {

/// Pods that seek a node: highest priority first, then the earlier one. Where one pod fits nowhere,
/// no other of equal demand does, so all of them rest until something is freed: what the
/// scheduler's queue achieves with hints, back-off and its pool of unschedulable pods.
/// https://github.com/kubernetes/enhancements/tree/master/keps/sig-scheduling/4247-queueinghint
class WaitingLine {
 public:
  /// A pod with its place in the line.
  struct Turn {
    std::int32_t priority = 0;
    int pod = 0;  ///< pods are numbered as they are created
    friend bool operator==(const Turn&, const Turn&) = default;
    friend std::strong_ordering operator<=>(const Turn& a, const Turn& b) {
      return a.priority != b.priority ? b.priority <=> a.priority : a.pod <=> b.pod;
    }
  };

  void add(const Demand& demand, Turn turn);
  void remove(const Demand& demand, Turn turn);
  /// Something was freed: everybody may be tried again.
  void wake();

  /// Who is to be tried; nothing while all rest.
  std::optional<int> next() const;
  /// The pod fits nowhere: those of its demand rest. Returns those of them that had not been told.
  std::vector<int> rest(const Demand& demand);

  /// How many pods wait, and of which demand.
  struct Group {
    std::set<Turn> turns;
    std::vector<int> untold;
    bool rests = false;
  };
  const std::map<Demand, Group>& groups() const { return groups_; }

 private:
  std::map<Demand, Group> groups_;  ///< none of them is empty
};

}  // namespace migadapter::sim
