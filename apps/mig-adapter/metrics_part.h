// The part that shows figures: /metrics on a port of its own.
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "surroundings.h"
#include "webhook/bearer_gate.h"
#include "webhook/metrics_text.h"
#include "webhook/server.h"

namespace migadapter::app {

/// Used by the main thread.
class MetricsPart {
 public:
  /// Adds the figures of the other parts. Called on server threads.
  using Collect = std::function<void(webhook::MetricsText&)>;

  MetricsPart(const Surroundings& surroundings, Collect collect);

  /// Listens when it returns ok. With tokens it speaks TLS, by a certificate of this process alone
  /// that nobody can verify: it keeps tokens from who only listens.
  base::Status serve();

 private:
  base::Result<webhook::ServerOptions> options() const;

  const Surroundings& surroundings_;
  const Collect collect_;
  webhook::BearerGate gate_;
  std::unique_ptr<webhook::Server> server_;
};

}  // namespace migadapter::app
