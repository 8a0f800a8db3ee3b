// How many pods of one owner may be moved, and when: one first, more when that worked, none for a
// while when it did not.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/pod.h"
#include "cluster/rule.h"

namespace migadapter::controller {

/// The brake on every owner. A second pod is not evicted before the first move is confirmed; from
/// then on each confirmation allows more, so that a round of moves makes the next one
/// decide::kPaceGrowth times as large (the ReplicaSet controller creates pods in the same manner).
/// A failure brings it back to one, after a pause that doubles; moves that fail during it began
/// before and are part of the same incident. Owners that recreate pods in order (StatefulSet)
/// always have one. Confined to one thread.
class OwnerPaces {
 public:
  bool may_move(const cluster::OwnerReference& owner, base::MonotonicTime now) const;
  void begin(const cluster::OwnerReference& owner);
  void confirmed(const base::Name& owner_uid);
  /// The move came to nothing through no fault of the grant: the pod had changed, or was gone.
  void withdrawn(const base::Name& owner_uid);
  void failed(const base::Name& owner_uid, base::MonotonicTime now);
  /// A move that had been confirmed turned out badly: the kubelet refused the pod. REQUIRES: the
  /// owner is not gone.
  void regretted(const base::Name& owner_uid, base::MonotonicTime now);
  /// The API server asked us to wait, or a disruption budget forbids the eviction.
  void pause(const base::Name& owner_uid, base::MonotonicTime until);
  /// The owner's failures as they are to be written down, by the wall clock.
  cluster::OwnerFailures failures_of(const base::Name& owner_uid, const base::Clock& clock) const;
  /// Takes in what another process wrote down. What lies in the future counts as now, and no
  /// back-off lasts longer than an hour: the clocks of two machines differ.
  void recall(const base::Name& owner_uid, const cluster::OwnerFailures& failures,
              const base::Clock& clock);
  /// Forgets an owner that is gone, once its last move has ended.
  void forget(const base::Name& owner_uid);

  /// How many owners it remembers; for tests and memory reports.
  std::size_t size() const { return paces_.size(); }

 private:
  struct Pace {
    int in_flight = 0;
    int window = 1;
    int failures_in_a_row = 0;
    base::MonotonicTime not_before{};
    base::MonotonicTime backs_off_until{};
    std::deque<base::MonotonicTime> failures;  ///< of the last hour, oldest first
    bool owner_is_gone = false;
  };
  Pace& end_move(const base::Name& owner_uid);
  void forget_if_done(const base::Name& owner_uid);

  std::unordered_map<base::Name, Pace> paces_;
};

}  // namespace migadapter::controller
