// The part that watches the cluster, decides, and evicts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "base/rng.h"
#include "controller/controller.h"
#include "controller/webhook_probe.h"
#include "kube/cluster_watch.h"
#include "kube/cluster_writer.h"
#include "kube/leader_lease.h"
#include "kube/rule_writer.h"
#include "stop_signals.h"
#include "surroundings.h"
#include "webhook/authority_keeper.h"
#include "webhook/metrics_text.h"

namespace migadapter::app {

/// Of several replicas with this part one acts. Used by the main thread, but for the checks.
class ControllerPart {
 public:
  explicit ControllerPart(const Surroundings& surroundings);

  /// Installs the definitions of our own kinds, waiting a while for an API server that does not
  /// answer. Does nothing in a cluster, where the manifests bring them.
  base::Status register_crds(StopSignals& signals);
  /// Starts all that watches and decides.
  void start();
  /// One round: brings what the API server has to trust up to date. Nothing in a process that does
  /// not act.
  base::Status keep_trust();
  /// One round: registers the webhook, or mends its registration. Nothing in a process that does
  /// not act or does not know yet what has to be trusted.
  base::Status keep_registration();
  /// Whether keep_registration has ever succeeded.
  bool registered() const { return registered_; }
  /// Ends all acting, removes the webhook where this process registered it for itself, and lets
  /// another process act. The checks still answer.
  void stop();

  /// Whether the first lists are complete. Thread-safe. REQUIRES: started.
  base::Status check_synced() const;
  /// Whether the API server reaches the webhook. Thread-safe. REQUIRES: started.
  base::Status check_webhook() const;

  /// Thread-safe. REQUIRES: started.
  void add_figures(webhook::MetricsText& metrics) const;

 private:
  controller::GateView gate() const;
  std::optional<base::MonotonicTime> leader_until() const;
  bool acts() const;
  base::Result<std::string> trusted_bundle();
  controller::ControllerDoors doors();
  [[noreturn]] void end_at_once();
  void start_lease();
  void unregister_webhook();

  const Surroundings& surroundings_;
  webhook::AuthorityKeeper authorities_;
  std::optional<std::string> bundle_pem_;  ///< empty: left to another
  base::Rng rng_;
  bool registered_ = false;  ///< by us: what another process registered is not ours to remove
  controller::Inbox inbox_;
  std::unique_ptr<kube::ClusterWriter> writer_;
  std::unique_ptr<kube::RuleWriter> rule_writer_;
  std::unique_ptr<kube::LeaderLease> lease_;
  std::unique_ptr<kube::ClusterWatch> watch_;
  std::unique_ptr<controller::WebhookProbe> probe_;
  std::unique_ptr<controller::Controller> controller_;
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace migadapter::app
