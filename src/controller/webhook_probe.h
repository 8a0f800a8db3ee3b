// Asks the API server again and again whether our webhook is reached.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "kube/http.h"

namespace migadapter::controller {

/// Sends a dry-run pod through the API server every kProbeInterval, and every kProbeRetry until one
/// comes back patched. An alive process is no proof: the configuration may be gone, the address
/// unreachable, the certificate unknown (https://github.com/kubernetes/autoscaler/issues/2633 is
/// what happens then).
class WebhookProbe {
 public:
  struct Options {
    std::string name_space;  ///< where the dry-run pod is created
    std::uint64_t seed = 0;  ///< for the nonces
  };

  /// `on_answer` is called on the transport's thread after each answer.
  WebhookProbe(kube::HttpTransport& transport, const base::Clock& clock, base::Logger& log,
               Options options, std::function<void()> on_answer);
  ~WebhookProbe();  ///< stops; `on_answer` is not called afterwards
  WebhookProbe(const WebhookProbe&) = delete;
  WebhookProbe& operator=(const WebhookProbe&) = delete;

  /// Sends no further probe; what the last one said stays. `on_answer` is not called afterwards.
  /// Thread-safe.
  void stop();

  /// When the last successful probe was *sent*. Thread-safe.
  std::optional<base::MonotonicTime> proven_at() const;
  /// What the last failed probe said, empty after a success. Thread-safe.
  std::string last_failure() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace migadapter::controller
