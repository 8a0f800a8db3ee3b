// MIG-Adapter in the simulation: the very decisions of the controller, made from a store like its
// own.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "decide/restore.h"
#include "decide/upgrade.h"
#include "sim/cluster_view.h"
#include "sim/owner_pace.h"

namespace migadapter::sim {

/// Upgrades and restores as src/controller does, whose order of work this repeats: waiting pods by
/// priority and age, then the best restore again and again. Pods that differ in nothing but who
/// they are are refused alike, as in controller::Refusals, so they are kept together. What differs:
/// the view is current, no eviction is refused, and no answer is lost.
class MigAdapter final : public Adapter {
 public:
  MigAdapter(const Workload& workload, const Inventory& inventory, decide::RestorePolicy restore)
      : workload_(workload), view_(workload, inventory), restore_(restore) {}

  void job_came(int job) override { view_.job_came(job); }
  void job_went(int job) override;
  void pod_changed(const Pod& pod) override;
  void pod_gone(const Pod& pod) override;
  std::vector<Move> sweep(Time now) override;
  std::optional<Time> next_deadline() const override;

 private:
  /// A move under way, from the eviction until its pod has a node.
  struct Underway {
    base::Name owner;
    Time deadline{0};
  };
  /// What decides about a waiting pod, but for its turn.
  struct Alike {
    std::int32_t priority = 0;
    Demand demand;
    KindId grant = kNoKind;
    bool was_moved = false;
    friend auto operator<=>(const Alike&, const Alike&) = default;
  };
  using Turns = std::set<std::pair<Time, int>>;  ///< created, pod

  Alike alike(const Pod& pod) const;
  void forget(const Pod& pod);
  bool may_move(const cluster::Pod& pod) const;
  void upgrade_waiting_pods();
  bool try_upgrade(int number);
  void restore_upgraded_pods();
  void begin(const cluster::Pod& pod, const decide::Grant& grant);
  void expire();

  const Workload& workload_;
  ClusterView view_;
  decide::RestorePolicy restore_;
  OwnerPace pace_;
  std::map<Alike, Turns> waiting_;    ///< pods that the scheduler found no node for; none is empty
  std::map<int, Underway> underway_;  ///< by the move's id
  std::set<base::Name> asked_;        ///< pods of this sweep's moves
  std::vector<Move> moves_;           ///< of this sweep
  bool may_restore_ = false;          ///< something changed that may make a restore possible
  Time now_{0};
  int next_id_ = 0;
};

}  // namespace migadapter::sim
