// The part that watches the cluster, decides, and evicts.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/result.h"
#include "base/rng.h"
#include "cluster/rule_store.h"
#include "controller/controller.h"
#include "controller/webhook_probe.h"
#include "kube/cluster_watch.h"
#include "kube/cluster_writer.h"
#include "kube/leader_lease.h"
#include "stop_signals.h"
#include "surroundings.h"

namespace migadapter::app {

/// Of several replicas with this part one acts. Used by the main thread, but for the checks.
class ControllerPart {
 public:
  ControllerPart(const Surroundings& surroundings, cluster::RuleStore& rules,
                 std::string ca_bundle_pem);

  /// Installs the definitions of our own kinds, waiting a while likewise. Does nothing in a
  /// cluster, where the manifests bring them.
  base::Status register_crds(StopSignals& signals);
  /// Registers the webhook, waiting a while for an API server that does not answer.
  base::Status register_webhook(StopSignals& signals);
  /// Starts all that watches and decides.
  void start();
  /// Registers the webhook anew where the probe says that it is not reached.
  void mend_registration();
  /// Ends all acting, removes the webhook where this process registered it for itself, and lets
  /// another process act. The checks still answer.
  void stop();

  /// Whether the first lists are complete. Thread-safe. REQUIRES: started.
  base::Status check_synced() const;
  /// Whether the API server reaches the webhook. Thread-safe. REQUIRES: started.
  base::Status check_webhook() const;

 private:
  /// Tries again for a while where the API server may only need a moment.
  base::Status patiently(StopSignals& signals, const std::function<base::Status()>& attempt) const;
  controller::GateView gate() const;
  void start_lease();
  void unregister_webhook();

  const Surroundings& surroundings_;
  cluster::RuleStore& rules_;
  const std::string ca_bundle_pem_;
  base::Rng rng_;
  bool registered_ = false;  ///< by us: what another process registered is not ours to remove
  controller::Inbox inbox_;
  std::unique_ptr<kube::ClusterWriter> writer_;
  std::unique_ptr<kube::LeaderLease> lease_;
  std::unique_ptr<kube::ClusterWatch> watch_;
  std::unique_ptr<controller::WebhookProbe> probe_;
  std::unique_ptr<controller::Controller> controller_;
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace migadapter::app
