// The part that answers the API server's reviews.
#pragma once

#include <memory>

#include "base/result.h"
#include "cluster/rule_store.h"
#include "surroundings.h"
#include "webhook/admission_handler.h"
#include "webhook/certificates.h"
#include "webhook/server.h"

namespace migadapter::app {

/// Used by the main thread. Every replica with this part admits.
class WebhookPart {
 public:
  WebhookPart(const Surroundings& surroundings, cluster::RuleStore& rules);

  /// Listens when it returns ok.
  base::Status serve(const webhook::ServerCertificate& certificate);
  /// Answers what is under way and takes nothing new; returns when idle or after kStopPatience.
  void drain();

 private:
  const Surroundings& surroundings_;
  webhook::AdmissionHandler handler_;
  std::unique_ptr<webhook::Server> server_;
};

}  // namespace migadapter::app
