#include "process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "controller_part.h"
#include "kube/access.h"
#include "kube/http.h"
#include "metrics_part.h"
#include "stop_signals.h"
#include "surroundings.h"
#include "webhook/health.h"
#include "webhook/server.h"
#include "webhook_part.h"
#include "webhook_place.h"

namespace migadapter::app {
namespace {

/// How often the process looks after its certificates and its registration, at most.
constexpr base::Millis kSlowestRound{5'000};
constexpr base::Millis kQuickestRound{250};
/// The same until everything is served and registered for the first time.
constexpr base::Millis kStartRound{50};

/// Often enough for the shortest of the certificates.
base::Millis round_of(const RunFlags& flags) {
  return std::clamp(flags.lifetimes.leaf / 20, kQuickestRound, kSlowestRound);
}

/// How long the start may wait for this to pass. What is wrong here stays wrong; what the API
/// server or its administrator may mend needs a moment; and for other processes of ours there is no
/// limit.
base::Millis patience_with(const base::Error& error) {
  switch (error.code()) {
    case base::ErrorCode::invalid_argument:
      return base::Millis{0};
    case base::ErrorCode::unauthorized:
    case base::ErrorCode::forbidden:
    case base::ErrorCode::unavailable:
    case base::ErrorCode::timeout:
      return kStartPatience;
    default:
      return base::Millis::max();
  }
}

base::Result<kube::Access> find_access(const RunFlags& flags, const base::Clock& clock) {
  if (flags.kubeconfig.empty() && flags.context.empty()) {
    auto in_cluster = kube::in_cluster_access(clock);
    if (in_cluster.ok() || in_cluster.error().code() != base::ErrorCode::not_found)
      return in_cluster;
  }
  return kube::load_kubeconfig(flags.kubeconfig, flags.context, clock);
}

std::string process_identity() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("{}_{:016x}", host.data(), base::seed_from_system());
}

/// Everything that runs, in the order of its construction; torn down in the reverse order.
class Process {
 public:
  Process(const RunFlags& flags, const base::Clock& clock, base::Logger& log)
      : flags_(flags), clock_(clock), log_(log), started_at_(clock.monotonic()) {}

  /// Starts the parts. What they need of the API server comes by and by, in `keep`.
  base::Status start(StopSignals& signals);
  /// One round of what has to be looked after all the time. An error ends the process: something
  /// that does not pass before it was of use.
  base::Status keep();
  /// How long until the next round.
  base::Millis pause() const;
  void stop();

 private:
  base::Status reach_api_server();
  base::Status serve_health();
  base::Status serve_metrics();
  base::Status keep_parts();
  void report(const base::Status& round);
  bool is_complete() const;
  webhook::HealthChecks health_checks();
  /// A check that asks a part, which is there once everything has started.
  webhook::HealthCheck check_of(std::string name, std::function<base::Status()> check) const;

  const RunFlags& flags_;
  const base::Clock& clock_;
  base::Logger& log_;
  const base::MonotonicTime started_at_;
  std::atomic<bool> started_ = false;
  std::atomic<bool> stopping_ = false;
  bool was_complete_ = false;
  std::string last_failure_;  ///< of a round, so that each is logged once
  std::unique_ptr<kube::HttpTransport> transport_;
  std::optional<Surroundings> surroundings_;
  std::unique_ptr<WebhookPart> webhook_;        ///< where the role has one
  std::unique_ptr<ControllerPart> controller_;  ///< likewise
  std::unique_ptr<MetricsPart> metrics_;        ///< where a flag says so
  std::unique_ptr<webhook::Server> health_server_;
};

/// The health port is bound before anything is registered: a port that is taken must not leave a
/// registration behind.
base::Status Process::start(StopSignals& signals) {
  if (base::Status status = reach_api_server(); !status.ok()) return status;
  if (flags_.role != Role::controller) webhook_ = std::make_unique<WebhookPart>(*surroundings_);
  if (flags_.role != Role::webhook) controller_ = std::make_unique<ControllerPart>(*surroundings_);
  if (base::Status status = serve_health(); !status.ok()) return status;
  if (controller_ != nullptr) {
    if (base::Status status = controller_->register_crds(signals); !status.ok()) return status;
    controller_->start();
  }
  if (webhook_ != nullptr) webhook_->watch_rules();
  started_ = true;
  return serve_metrics();
}

base::Status Process::reach_api_server() {
  auto access = find_access(flags_, clock_);
  if (!access.ok()) return access.error();
  const std::string name_space =
      flags_.name_space.empty() ? access->default_namespace : flags_.name_space;
  auto place = find_webhook_place(flags_, name_space);
  if (!place.ok()) return place.error();
  log_.info("using API server", {{"server", access->server}, {"namespace", name_space}});
  transport_ = kube::make_curl_transport(*std::move(access), log_);
  surroundings_.emplace(
      Surroundings{flags_, clock_, log_, *transport_, name_space, process_identity(), *place});
  return {};
}

bool Process::is_complete() const {
  return (webhook_ == nullptr || webhook_->serving()) &&
         (controller_ == nullptr || controller_->registered());
}

base::Millis Process::pause() const {
  const bool starting = !is_complete() && clock_.monotonic() < started_at_ + kStartPatience;
  return starting ? kStartRound : round_of(flags_);
}

/// In the order in which one needs the other: a CA, a leaf of it, and then somebody may ask us.
base::Status Process::keep_parts() {
  if (controller_ != nullptr) {
    if (base::Status status = controller_->keep_trust(); !status.ok()) return status;
  }
  if (webhook_ != nullptr) {
    if (base::Status status = webhook_->keep_certificate(); !status.ok()) return status;
  }
  return controller_ == nullptr ? base::Status() : controller_->keep_registration();
}

base::Status Process::keep() {
  base::Status round = keep_parts();
  report(round);
  if (round.ok() || was_complete_) return {};
  const base::Millis waited = clock_.monotonic() - started_at_;
  return waited < patience_with(round.error()) ? base::Status() : round;
}

void Process::report(const base::Status& round) {
  if (is_complete() && !std::exchange(was_complete_, true))
    log_.info("started", {{"version", MIGADAPTER_VERSION}});
  const std::string failure = round.ok() ? "" : round.error().message();
  if (failure != std::exchange(last_failure_, failure) && !failure.empty())
    log_.warning("not everything is in order; trying again", {{"error", failure}});
}

base::Status Process::serve_health() {
  const auto listen = parse_listen_address(flags_.health_listen, "--health-listen");
  if (!listen.ok()) return listen.error();
  webhook::ServerOptions options;
  options.address = listen->host;
  options.port = listen->port;
  options.tls = false;
  auto server = webhook::start_server(options, webhook::make_health_handler(health_checks()), log_);
  if (!server.ok()) return server.error().with_context("serving /healthz and /readyz");
  health_server_ = *std::move(server);
  return {};
}

base::Status Process::serve_metrics() {
  if (flags_.metrics_listen.empty()) return {};
  metrics_ = std::make_unique<MetricsPart>(*surroundings_, [this](webhook::MetricsText& metrics) {
    if (webhook_ != nullptr) webhook_->add_figures(metrics);
    if (controller_ != nullptr) controller_->add_figures(metrics);
  });
  return metrics_->serve();
}

webhook::HealthChecks Process::health_checks() {
  webhook::HealthChecks checks;
  if (webhook_ != nullptr) {
    const WebhookPart* part = webhook_.get();
    checks.ready.push_back(check_of("serving", [part] { return part->check_serving(); }));
  }
  if (controller_ != nullptr) {
    const ControllerPart* part = controller_.get();
    checks.ready.push_back(check_of("synced", [part] { return part->check_synced(); }));
    checks.ready.push_back(check_of("webhook", [part] { return part->check_webhook(); }));
  }
  return checks;
}

webhook::HealthCheck Process::check_of(std::string name,
                                       std::function<base::Status()> check) const {
  return {std::move(name), [this, check = std::move(check)]() -> base::Status {
            if (stopping_)
              return base::Error(base::ErrorCode::cancelled, "the program is stopping");
            if (!started_)
              return base::Error(base::ErrorCode::unavailable, "the program is starting");
            return check();
          }};
}

void Process::stop() {
  stopping_ = true;
  // The health server still asks the parts; they go only after it.
  if (controller_ != nullptr) controller_->stop();
  if (webhook_ != nullptr) webhook_->drain();
}

}  // namespace

int run(const RunFlags& flags) {
  StopSignals signals;  // before any thread
  std::signal(SIGPIPE, SIG_IGN);
  const base::SystemClock clock;
  base::Logger log(clock, flags.log_format, flags.log_level, base::standard_error_sink());
  Process process(flags, clock, log);
  base::Status status = process.start(signals);
  while (status.ok() && !signals.wait_for(process.pause())) status = process.keep();
  if (!status.ok()) log.error("cannot run", {{"error", status.error().message()}});
  log.info("stopping");
  process.stop();
  log.info("stopped");
  return status.ok() || signals.asked_to_stop() ? 0 : 1;
}

}  // namespace migadapter::app
