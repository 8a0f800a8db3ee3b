// Carries decisions out, one careful step after the other: rule, promise, eviction, confirmation.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "cluster/rule_store.h"
#include "cluster/store.h"
#include "controller/inbox.h"
#include "controller/journal.h"
#include "controller/move_ledger.h"
#include "controller/moves.h"
#include "controller/owner_pace.h"
#include "kube/cluster_writer.h"

namespace migadapter::controller {

/// What the mover acts through. All outlive it.
struct MoverDoors {
  cluster::Store& store;
  cluster::RuleStore& rules;
  kube::ClusterWriter& writer;
  Inbox& inbox;  ///< gets each EvictionOutcome
  const base::Clock& clock;
  Journal& journal;
};

/// Keeps the moves under way in step with what the watch shows. Confined to the controller's
/// thread, but for the inbox.
class Mover {
 public:
  /// `seed` makes rule ids differ from those of an earlier process.
  Mover(MoverDoors doors, std::uint64_t seed) : doors_(doors), rng_(seed) {}

  /// Whether the pod's owner may have another move now, no move concerns the pod already, and its
  /// eviction was not asked for just now.
  bool may_move(const cluster::Pod& pod);

  /// Stores the rule, holds the room, evicts. REQUIRES: may_move(pod), pod.owner is set. False when
  /// the rule store is full: then nothing has happened.
  bool start(const cluster::Pod& pod, const decide::Grant& grant, cluster::RulePurpose purpose);

  /// The watch showed the pod; it is in the store already.
  void pod_changed(const cluster::Pod& pod);
  /// The pod is about to leave the store.
  void pod_removed(const cluster::Pod& pod);
  void owner_removed(const base::Name& owner_uid) { paces_.forget(owner_uid); }
  void eviction_answered(const EvictionOutcome& outcome);
  /// Ends the moves that have taken too long. REQUIRES: the view of the cluster is current.
  void expire();
  /// The view is current again after it was not: what happened meanwhile is only being reported,
  /// and the cluster may need a moment itself, so no move is overdue yet.
  void resume();

  std::optional<base::MonotonicTime> next_deadline() const { return moves_.next_deadline(); }

  /// The moves that a further one of the pod would come on top of. REQUIRES: pod.owner is set.
  decide::BudgetUses uses(const cluster::Pod& pod) {
    return ledger_.uses(pod.owner->uid, pod.name_space, doors_.clock.monotonic());
  }

 private:
  cluster::Rule make_rule(const cluster::Pod& pod, const decide::Grant& grant,
                          cluster::RulePurpose purpose);
  void confirm(const cluster::Pod& new_pod, const std::string& rule_id);
  void withdraw(const std::string& rule_id, MoveFailure failure, std::string_view detail);
  void fail(const std::string& rule_id, MoveFailure failure);
  void await(Move& move);
  Move close(const std::string& rule_id);
  void hold_back(const Move& move, const base::Error& error);
  bool was_asked(const cluster::Pod& pod) const;
  void wait_for_news_of(const Move& move);

  /// The pod as it was when its eviction was asked for, and until when to wait for news of it.
  struct Asked {
    std::string resource_version;
    base::MonotonicTime until;
  };

  MoverDoors doors_;
  base::Rng rng_;
  Moves moves_;
  OwnerPaces paces_;
  MoveLedger ledger_;
  std::unordered_map<base::Name, Asked> asked_;  ///< by pod uid
};

}  // namespace migadapter::controller
