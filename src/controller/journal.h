// Tells people what was decided and why: log lines and Events, from the same sentences.
#pragma once

#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "base/name.h"
#include "cluster/pod.h"
#include "controller/act_gate.h"
#include "controller/figures.h"
#include "controller/limits.h"
#include "controller/moves.h"
#include "controller/recovery.h"
#include "decide/upgrade.h"
#include "kube/cluster_writer.h"

namespace migadapter::controller {

/// Why a move ended without success.
enum class MoveFailure {
  pod_changed,    ///< the eviction's precondition failed, or the pod was gone
  not_recorded,   ///< the API server did not take the rule
  not_published,  ///< a replica of the webhook did not serve the rule in time
  not_needed,     ///< what it was decided on no longer holds
  rule_deleted,   ///< somebody deleted the rule
  not_evicted,    ///< the answer was lost, and the pod is as it was
  refused,        ///< a disruption budget or the API server said no
  not_recreated,  ///< no pod with our rule appeared: the owner or the webhook did not do its part
  not_placed,     ///< it appeared, but no node took it
  pod_failed,     ///< it appeared, and ended before it was placed
  refused_by_kubelet,  ///< it was placed, and its kubelet could not give it the device
};
std::string_view to_string(MoveFailure failure);
std::string_view explain(MoveFailure failure);

/// What the move means to a user, before it is known how it ends.
std::string start_text(const cluster::Rule& rule);

/// Confined to the controller's thread. docs/reasons.md lists every word it uses.
class Journal {
 public:
  Journal(kube::ClusterWriter& writer, const base::Clock& clock, base::Logger& log)
      : writer_(writer), clock_(clock), log_(log) {}

  void gate_changed(HoldReason reason);
  void started(const Move& move);
  void evicting(const Move& move);
  void confirmed(const cluster::Pod& new_pod, const Move& move);
  void ended(const Move& move, MoveFailure failure, std::string_view detail);
  /// What becomes of a rule that another process, or a person, has left.
  void carried_on(const Move& move);
  void discarded(const cluster::Rule& rule, Standing standing);

  /// Says why a waiting pod stays as it is: once for each reason, and limited over the cluster.
  void refused(const cluster::Pod& pod, const decide::UpgradeDecision& decision);
  /// Says what would be done with the pod if its policy did not only observe: once for each grant,
  /// and limited over the cluster.
  void observed(const cluster::Pod& pod, const decide::Grant& grant, cluster::RulePurpose purpose,
                const base::Name& policy);
  /// The pod is gone: forget what was said about it.
  void forget(const base::Name& pod_uid) {
    said_.erase(pod_uid);
    observed_.erase(pod_uid);
  }

  /// Thread-safe.
  const Figures& figures() const { return figures_; }

 private:
  bool event_allowed();

  kube::ClusterWriter& writer_;
  const base::Clock& clock_;
  base::Logger& log_;
  Figures figures_;
  std::unordered_map<base::Name, decide::UpgradeReason> said_;
  std::unordered_map<base::Name, base::Name> observed_;  ///< the grant, by the pod's uid
  int events_left_ = kEventBurst;
  base::MonotonicTime events_refilled_{};
};

}  // namespace migadapter::controller
