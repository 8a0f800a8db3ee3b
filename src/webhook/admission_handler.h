// Answers AdmissionReviews from the rules in memory.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cluster/rule_store.h"
#include "decide/admit.h"
#include "kube/admission_review.h"
#include "webhook/server.h"

namespace migadapter::webhook {

/// Never says no: anything unexpected is allowed unpatched, and counted. A pure function of the
/// request and the rules, but for the claim that keeps two simultaneous creates from taking one
/// rule; dry runs claim nothing. Thread-safe.
class AdmissionHandler {
 public:
  AdmissionHandler(cluster::RuleStore& rules, const base::Clock& clock, base::Logger& log)
      : rules_(rules), clock_(clock), log_(log) {}

  /// Answers POST kube::kWebhookPath with an AdmissionReview; other paths with 404, other methods
  /// with 405, bodies that are not JSON with 415, undecodable ones with 400, too-large ones with
  /// 413 (all of which the API server's failurePolicy Ignore lets pass).
  ServerReply answer(const ServerRequest& request);

  /// How many reviews ended so; for metrics and tests.
  std::uint64_t count(decide::AdmitReason reason) const;
  /// The same for every reason that came up.
  std::vector<std::pair<decide::AdmitReason, std::uint64_t>> counts() const;
  /// How many requests to the webhook's path were no review we could read.
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  decide::AdmitDecision decide_and_claim(const kube::AdmissionQuestion& question);
  ServerReply refuse(int status, std::string why);
  void log_patch(const kube::AdmissionQuestion& question, const decide::AdmitDecision& decision);

  cluster::RuleStore& rules_;
  const base::Clock& clock_;
  base::Logger& log_;
  std::array<std::atomic<std::uint64_t>, 16> counts_{};  ///< by AdmitReason
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace migadapter::webhook
