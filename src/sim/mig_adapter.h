// MIG-Adapter in the simulation: the very decisions of the controller, made from a store like its
// own.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "decide/restore.h"
#include "decide/upgrade.h"
#include "sim/cluster_view.h"
#include "sim/owner_pace.h"

namespace migadapter::sim {

/// Upgrades and restores as src/controller does, whose order of work this repeats: waiting pods by
/// priority and age, then the best restore again and again. What differs: the view is current, no
/// eviction is refused, and no answer is lost.
class MigAdapter final : public Adapter {
 public:
  MigAdapter(const Workload& workload, const Inventory& inventory, decide::RestorePolicy restore)
      : view_(workload, inventory), restore_(restore) {}

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
  bool may_move(const cluster::Pod& pod) const;
  void upgrade_waiting_pods();
  void restore_upgraded_pods();
  void begin(const cluster::Pod& pod, const decide::Grant& grant);
  void expire();
  std::vector<const cluster::Pod*> waiting_in_order() const;

  ClusterView view_;
  decide::RestorePolicy restore_;
  OwnerPace pace_;
  std::map<int, Underway> underway_;  ///< by the move's id
  std::set<base::Name> asked_;        ///< pods of this sweep's moves
  std::vector<Move> moves_;           ///< of this sweep
  Time now_{0};
  int next_id_ = 0;
};

}  // namespace migadapter::sim
