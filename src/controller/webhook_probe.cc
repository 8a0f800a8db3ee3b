#include "controller/webhook_probe.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "controller/limits.h"
#include "kube/webhook_registration.h"

namespace migadapter::controller {

/// Shared with the callbacks under way, which may come after the probe is gone.
class WebhookProbe::State : public std::enable_shared_from_this<State> {
 public:
  State(kube::HttpTransport& transport, const base::Clock& clock, base::Logger& log,
        Options options, std::function<void()> on_answer)
      : transport_(transport),
        clock_(clock),
        log_(log),
        options_(std::move(options)),
        rng_(options_.seed),
        on_answer_(std::move(on_answer)) {}

  void send() {
    std::string nonce;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      nonce = fmt::format("{:016x}", rng_.next());
    }
    const base::MonotonicTime sent = clock_.monotonic();
    kube::probe_webhook(
        transport_, options_.name_space, nonce,
        [self = shared_from_this(), sent](base::Status status) { self->answered(sent, status); });
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

  std::optional<base::MonotonicTime> proven_at() const {
    const std::lock_guard lock(mutex_);
    return proven_at_;
  }

  std::string last_failure() const {
    const std::lock_guard lock(mutex_);
    return last_failure_;
  }

 private:
  void answered(base::MonotonicTime sent, const base::Status& status) {
    // Held throughout, so that `stop` returns only when no callback is under way.
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    const std::string failure = status.ok() ? "" : status.error().message();
    if (status.ok()) proven_at_ = sent;
    if (failure != std::exchange(last_failure_, failure) && !failure.empty())
      log_.warning("the webhook was not reached by a dry run", {{"error", failure}});
    transport_.run_after(status.ok() ? kProbeInterval : kProbeRetry,
                         [self = shared_from_this()] { self->send(); });
    on_answer_();
  }

  kube::HttpTransport& transport_;
  const base::Clock& clock_;
  base::Logger& log_;
  const Options options_;
  mutable std::mutex mutex_;
  base::Rng rng_;
  std::function<void()> on_answer_;
  bool stopped_ = false;
  std::optional<base::MonotonicTime> proven_at_;
  std::string last_failure_;
};

WebhookProbe::WebhookProbe(kube::HttpTransport& transport, const base::Clock& clock,
                           base::Logger& log, Options options, std::function<void()> on_answer)
    : state_(std::make_shared<State>(transport, clock, log, std::move(options),
                                     std::move(on_answer))) {
  state_->send();
}

WebhookProbe::~WebhookProbe() {
  state_->stop();
}

void WebhookProbe::stop() {
  state_->stop();
}

std::optional<base::MonotonicTime> WebhookProbe::proven_at() const {
  return state_->proven_at();
}

std::string WebhookProbe::last_failure() const {
  return state_->last_failure();
}

}  // namespace migadapter::controller
