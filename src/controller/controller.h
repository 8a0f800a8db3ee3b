// Gather, decide, act: the loop that turns what the watch shows into moves.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "cluster/store.h"
#include "controller/act_gate.h"
#include "controller/inbox.h"
#include "controller/intents.h"
#include "controller/journal.h"
#include "controller/mover.h"
#include "controller/patience.h"
#include "controller/policy_reports.h"
#include "controller/refusals.h"
#include "decide/restore.h"

namespace migadapter::controller {

/// What the controller works with. All outlive it.
struct ControllerDoors {
  Inbox& inbox;
  kube::ClusterWriter& writer;
  kube::RuleWriter& rule_writer;
  const base::Clock& clock;
  base::Logger& log;
  /// Watch, lease and webhook as they stand now; `synced` and `replica_lives` are filled in by the
  /// controller. Thread-safe.
  std::function<GateView()> gate;
  /// The lease was lost after we had acted: nothing may be done without it, and what we remember
  /// may be wrong. Called on the controller's thread.
  std::function<void()> on_deposed;
};

struct ControllerOptions {
  decide::RestorePolicy restore;  ///< where no policy says otherwise
  MoverOptions mover;
  cluster::SchedulerFacts scheduler = {};
  cluster::Declared declared = {};
};

/// One thread's work. `step` is the whole of it; `run` repeats it until it is told to stop.
class Controller {
 public:
  Controller(ControllerDoors doors, ControllerOptions options);

  /// Takes in the messages, then decides and acts where that is due. Returns how long nothing needs
  /// to be done unless a message arrives.
  base::Millis step(std::vector<Message> messages);
  void run(const std::stop_token& stop);

  /// The cluster as the controller sees it; for the thread that calls `step`.
  const cluster::Snapshot& snapshot() const { return store_.snapshot(); }

  /// Whether every kind has been listed. Thread-safe; for the readiness check.
  bool synced() const { return synced_; }

  /// Thread-safe.
  const Figures& figures() const { return journal_.figures(); }

 private:
  void take_in(Message message);
  void take_in(kube::ClusterEvent event);
  void take_in(cluster::Pod pod);
  void take_in(cluster::Owner owner);
  void remove(const kube::Removed& removed);
  void remove_owner(const base::Name& uid);
  /// What repeats itself all the time without any change: nodes and replicas of the webhook.
  bool is_heartbeat(const Message& message) const;
  HoldReason update_gate();
  void look_after_pause();
  bool was_deposed(const GateView& view) const;
  void follow_lease();
  base::Millis time_until_due(HoldReason hold) const;
  void sweep();
  void upgrade_waiting_pods(Refusals& refusals);
  void restore_upgraded_pods();
  void observe_waiting_pods(Refusals& refusals);
  void observe_upgraded_pods();
  decide::PodPolicy policy_of(const cluster::Pod& pod) const;
  decide::UpgradeDecision decide_upgrade(const cluster::Pod& pod, const decide::PodPolicy& policy,
                                         Refusals& refusals);
  bool may_restore(const cluster::Pod& pod, decide::PolicyState state);
  void note(const cluster::Pod& pod, const decide::Grant& grant, cluster::RulePurpose purpose,
            const base::Name& policy);
  void sweep_again_after(base::Millis wait);
  bool act(const cluster::Pod& pod, const decide::Grant& grant, cluster::RulePurpose purpose);
  std::vector<base::Name> waiting_in_order() const;

  ControllerDoors doors_;
  ControllerOptions options_;
  cluster::Store store_;
  Journal journal_;
  Mover mover_;
  Intents intents_{store_};
  Patience patience_;
  PolicyReports reports_;
  ObservedByPolicy observed_;  ///< in this sweep
  std::vector<bool> kinds_synced_;
  std::atomic<bool> synced_ = false;
  std::optional<HoldReason> last_hold_;
  bool acting_ = false;                 ///< we hold the lease and have taken over
  base::MonotonicTime leader_until_{};  ///< as last looked at
  base::MonotonicTime last_step_{};
  bool changed_ = true;
  base::MonotonicTime next_sweep_{};
  base::MonotonicTime next_resync_{};
  base::Millis resync_after_{0};  ///< decided anew by each sweep
};

}  // namespace migadapter::controller
