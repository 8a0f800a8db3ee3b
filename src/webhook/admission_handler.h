// Answers AdmissionReviews from the rules in memory.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "base/log.h"
#include "cluster/rule_store.h"
#include "decide/admit.h"
#include "webhook/server.h"

namespace migadapter::webhook {

/// Never says no: anything unexpected is allowed unpatched, and counted. A pure function of the
/// request and the rules, but for the claim that keeps two simultaneous creates from taking one
/// rule; dry runs claim nothing. Thread-safe.
class AdmissionHandler {
 public:
  AdmissionHandler(cluster::RuleStore& rules, const base::Clock& clock, base::Logger& log)
      : rules_(rules), clock_(clock), log_(log) {}

  /// Answers POST kube::kWebhookPath with an AdmissionReview; other paths with 404, undecodable
  /// bodies with 400, too-large ones with 413 (all of which the API server's failurePolicy Ignore
  /// lets pass).
  ServerReply answer(const ServerRequest& request);

  /// How many reviews ended so; for metrics and tests.
  std::uint64_t count(decide::AdmitReason reason) const;

 private:
  cluster::RuleStore& rules_;
  const base::Clock& clock_;
  base::Logger& log_;
  std::array<std::atomic<std::uint64_t>, 16> counts_{};
};

}  // namespace migadapter::webhook
