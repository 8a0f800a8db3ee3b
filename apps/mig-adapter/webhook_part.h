// The part that answers the API server's reviews.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "base/result.h"
#include "cluster/rule_store.h"
#include "surroundings.h"
#include "webhook/admission_handler.h"
#include "webhook/certificate_source.h"
#include "webhook/metrics_text.h"
#include "webhook/server.h"

namespace migadapter::app {

/// Used by the main thread, but for `serving` and the check. Every replica with this part admits.
class WebhookPart {
 public:
  WebhookPart(const Surroundings& surroundings, cluster::RuleStore& rules);

  /// One round: takes a new certificate where one is due, and the authorities of clients as they
  /// are now. The first certificate opens the port; later ones are for the handshakes to come.
  base::Status keep_certificate();
  /// Whether the port is open. Thread-safe.
  bool serving() const { return serving_; }
  /// The same for the readiness check.
  base::Status check_serving() const;
  /// Thread-safe.
  void add_figures(webhook::MetricsText& metrics) const;
  /// Answers what is under way and takes nothing new; returns when idle or after kStopPatience.
  void drain();

 private:
  base::Result<std::optional<webhook::ClientTrust>> read_clients() const;
  void note_end();
  base::Status serve();

  const Surroundings& surroundings_;
  webhook::AdmissionHandler handler_;
  std::unique_ptr<webhook::CertificateSource> source_;
  std::optional<webhook::ServerCertificate> certificate_;
  std::optional<webhook::ClientTrust> clients_;
  std::unique_ptr<webhook::Server> server_;
  std::atomic<bool> serving_ = false;
  std::atomic<double> certificate_end_seconds_ = 0;  ///< since the epoch
};

}  // namespace migadapter::app
