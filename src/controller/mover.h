// Carries decisions out, one careful step after the other: rule, promise, eviction, confirmation.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "cluster/store.h"
#include "controller/act_gate.h"
#include "controller/inbox.h"
#include "controller/journal.h"
#include "controller/move_ledger.h"
#include "controller/moves.h"
#include "controller/owner_pace.h"
#include "controller/replicas.h"
#include "controller/rule_ledger.h"
#include "decide/upgrade.h"
#include "kube/cluster_writer.h"

namespace migadapter::controller {

/// What the mover acts through. All outlive it.
struct MoverDoors {
  cluster::Store& store;
  kube::ClusterWriter& writer;
  kube::RuleWriter& rule_writer;
  Inbox& inbox;  ///< gets each EvictionOutcome and RuleOutcome
  const base::Clock& clock;
  base::Logger& log;
  Journal& journal;
  /// Asked before each write.
  std::function<HoldReason()> gate;
};

struct MoverOptions {
  std::uint64_t seed = 0;  ///< makes rule ids differ from those of an earlier process
  std::string actor;       ///< this process, for the status of rules
};

/// Keeps the moves under way in step with what the watch shows. Every process takes in what is
/// reported; moves has only the one that acts, from `take_over` on. Confined to the controller's
/// thread, but for the inbox.
class Mover {
 public:
  Mover(MoverDoors doors, MoverOptions options);

  /// From now on we act: carries on with the moves of the rules that are there.
  /// REQUIRES: the view of the cluster is complete.
  void take_over();
  /// Another process may act from now on: forgets every move.
  void step_down();

  /// Between `begin_sweep` and the next one no owner is decided about of whose rules the watch has
  /// not shown all that were written before: we may not know yet what we have done.
  void begin_sweep() { unseen_ = rules_.owners_unseen(); }
  /// Whether the pod's owner may have another move now, no move concerns the pod already, and its
  /// eviction was not asked for just now.
  bool may_move(const cluster::Pod& pod);
  /// Holds the room and writes the rule; the eviction follows when every replica serves it.
  /// REQUIRES: may_move(pod), pod.owner is set.
  void start(const cluster::Pod& pod, const decide::Grant& grant, cluster::RulePurpose purpose);

  /// The watch showed it; it is in the store already.
  void pod_changed(const cluster::Pod& pod);
  void owner_changed(const cluster::Owner& owner);
  /// The pod is about to leave the store.
  void pod_removed(const cluster::Pod& pod);
  void owner_removed(const base::Name& owner_uid);
  void rule_changed(const cluster::Rule& rule);
  void rule_removed(const base::Name& rule_uid);
  Replicas& replicas() { return replicas_; }

  void answered(const EvictionOutcome& outcome);
  void answered(const RuleOutcome& outcome);

  /// Ends the moves that have taken too long. REQUIRES: the view of the cluster is current.
  void expire();
  /// Writes what is due and evicts the pods whose rules are served, as far as the gate lets it.
  void act();
  /// The view is current again after it was not: what happened meanwhile is only being reported,
  /// and the cluster may need a moment itself, so no move is overdue yet.
  void resume();

  std::optional<base::MonotonicTime> next_deadline() const;
  /// Moves under way.
  std::size_t size() const { return moves_.size(); }

  /// The moves that a further one of the pod would come on top of. REQUIRES: pod.owner is set.
  decide::BudgetUses uses(const cluster::Pod& pod) {
    return ledger_.uses(pod.owner->uid, pod.name_space, now());
  }

 private:
  cluster::Rule make_rule(const cluster::Pod& pod, const decide::Grant& grant,
                          cluster::RulePurpose purpose);
  Move& begin(cluster::Rule rule, MovePhase phase, base::Millis patience);
  void enter(Move& move, MovePhase phase, base::Millis patience);
  /// For a pod that is like this one; nullptr where none is known that is.
  void hold_room(const Move& move, const cluster::Pod* like);

  void adopt(const cluster::Rule& rule);
  void carry_on(const cluster::Rule& rule, MovePhase phase, const base::Name& new_pod_uid);
  void recall_failures(const cluster::Rule& rule);

  void write_down(Move& move);
  void evict_if_served(const std::string& rule_id);
  std::optional<MoveFailure> obstacle_of(const Move& move) const;
  void evict(Move& move);
  void await(Move& move);
  void pod_arrived(Move& move, const cluster::Pod& pod);
  void end_missed(const cluster::Pod& pod);
  void see_to_its_node(Move& move, const cluster::Pod& pod);
  void confirm(Move& move, const cluster::Pod& new_pod);

  void end_overdue_moves();
  void forget_old_failures();
  // By value, because the caller's id may live in the move that ends.
  void finish(std::string rule_id);
  void withdraw(std::string rule_id, MoveFailure failure, std::string_view detail = {});
  void fail(std::string rule_id, MoveFailure failure);
  void keep(const Move& move, MoveFailure failure);
  void write_down_success(const base::Name& owner_uid);
  void drop_kept(const base::Name& owner_uid);
  Move close(const std::string& rule_id);

  void hold_back(const Move& move, const base::Error& error);
  void pause(const Move& move, base::Millis wait);
  bool was_asked(const cluster::Pod& pod) const;
  void wait_for_news_of(const Move& move);
  base::MonotonicTime now() const { return doors_.clock.monotonic(); }

  /// The pod as it was when its eviction was asked for, and until when to wait for news of it.
  struct Asked {
    std::string resource_version;
    base::MonotonicTime until;
  };
  /// The rule that is kept for an owner's failures, and until when.
  struct Kept {
    std::string rule_id;
    base::MonotonicTime until;
  };

  MoverDoors doors_;
  const std::string actor_;
  base::Rng rng_;
  RuleLedger rules_;
  Moves moves_;
  OwnerPaces paces_;
  MoveLedger ledger_;  ///< for budgets
  Replicas replicas_;
  std::unordered_map<base::Name, Asked> asked_;  ///< by pod uid
  std::map<base::Name, Kept> kept_;              ///< by owner uid
  std::set<base::Name> unseen_;                  ///< owners, as of begin_sweep
  bool acting_ = false;
};

}  // namespace migadapter::controller
