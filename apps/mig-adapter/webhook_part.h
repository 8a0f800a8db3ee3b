// The part that answers the API server's reviews.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "base/result.h"
#include "cluster/rule_view.h"
#include "kube/cluster_watch.h"
#include "kube/replica_lease.h"
#include "surroundings.h"
#include "webhook/admission_handler.h"
#include "webhook/certificate_source.h"
#include "webhook/metrics_text.h"
#include "webhook/server.h"

namespace migadapter::app {

/// Used by the main thread, but for `serving` and the check. Every replica with this part admits:
/// it watches the rules itself, and says by its Lease up to where it serves them.
class WebhookPart {
 public:
  explicit WebhookPart(const Surroundings& surroundings);

  /// One round: takes a new certificate where one is due, and the authorities of clients as they
  /// are now. The first certificate opens the port; later ones are for the handshakes to come.
  base::Status keep_certificate();
  /// Whether the port is open. Thread-safe.
  bool serving() const { return serving_; }
  /// Starts to watch the rules. REQUIRES: the API server knows their kind.
  void watch_rules();
  /// Thread-safe.
  void add_figures(webhook::MetricsText& metrics) const;
  /// Answers what is under way and takes nothing new; returns when idle or after kStopPatience.
  /// From then on nobody waits for this replica.
  void drain();

  /// Whether the port is open, the rules are served, and the controller can know. Thread-safe.
  base::Status check_serving() const;

 private:
  base::Result<std::optional<webhook::ClientTrust>> read_clients() const;
  void note_end();
  base::Status serve();
  void take_in(const kube::ClusterEvent& event);

  const Surroundings& surroundings_;
  cluster::RuleView rules_;
  std::atomic<bool> synced_ = false;
  std::unique_ptr<kube::ReplicaLease> lease_;
  std::unique_ptr<kube::ClusterWatch> watch_;  ///< after what its events are handed to
  webhook::AdmissionHandler handler_;
  std::unique_ptr<webhook::CertificateSource> source_;
  std::optional<webhook::ServerCertificate> certificate_;
  std::optional<webhook::ClientTrust> clients_;
  std::unique_ptr<webhook::Server> server_;
  std::atomic<bool> serving_ = false;
  std::atomic<double> certificate_end_seconds_ = 0;  ///< since the epoch
};

}  // namespace migadapter::app
