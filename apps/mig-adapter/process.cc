#include "process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "cluster/rule_store.h"
#include "controller_part.h"
#include "kube/access.h"
#include "kube/http.h"
#include "stop_signals.h"
#include "surroundings.h"
#include "webhook/health.h"
#include "webhook/server.h"
#include "webhook_part.h"
#include "webhook_place.h"

namespace migadapter::app {
namespace {

/// Rules in memory at most: each move has one, and kMostMoves bounds those.
constexpr std::size_t kMostRules = 1024;
/// How often the process looks whether its webhook has to be registered again.
constexpr std::chrono::seconds kRegistrationCheck{5};

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
  Process(const RunFlags& flags, StopSignals& signals, const base::Clock& clock, base::Logger& log)
      : flags_(flags), signals_(signals), clock_(clock), log_(log) {}

  base::Status start();
  /// What has to be looked after all the time; called every kRegistrationCheck.
  void keep_house();
  void stop();

 private:
  base::Status reach_api_server();
  base::Status serve_health();
  base::Status start_parts(const ServedCertificate& served);
  webhook::HealthChecks health_checks();
  /// A check that asks a part, which is there once everything has started.
  webhook::HealthCheck check_of(std::string name, std::function<base::Status()> check) const;

  const RunFlags& flags_;
  StopSignals& signals_;
  const base::Clock& clock_;
  base::Logger& log_;
  std::atomic<bool> started_ = false;
  std::atomic<bool> stopping_ = false;
  cluster::MemoryRuleStore rules_{kMostRules};
  std::unique_ptr<kube::HttpTransport> transport_;
  std::optional<Surroundings> surroundings_;
  std::unique_ptr<WebhookPart> webhook_;        ///< where the role has one
  std::unique_ptr<ControllerPart> controller_;  ///< likewise
  std::unique_ptr<webhook::Server> health_server_;
};

/// The health port is bound before the webhook is registered: a port that is taken must not leave a
/// registration behind.
base::Status Process::start() {
  if (base::Status status = reach_api_server(); !status.ok()) return status;
  auto served = find_certificate(flags_, surroundings_->place, clock_.wall());
  if (!served.ok()) return served.error();
  if (flags_.role != Role::controller)
    webhook_ = std::make_unique<WebhookPart>(*surroundings_, rules_);
  if (flags_.role != Role::webhook)
    controller_ = std::make_unique<ControllerPart>(*surroundings_, rules_, served->ca_bundle_pem);
  if (base::Status status = serve_health(); !status.ok()) return status;
  if (base::Status status = start_parts(*served); !status.ok()) return status;
  started_ = true;
  return {};
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

base::Status Process::start_parts(const ServedCertificate& served) {
  if (webhook_ != nullptr) {
    if (base::Status status = webhook_->serve(served.certificate); !status.ok()) return status;
  }
  if (controller_ == nullptr) return {};
  if (base::Status status = controller_->register_crds(signals_); !status.ok()) return status;
  if (base::Status status = controller_->register_webhook(signals_); !status.ok()) return status;
  controller_->start();
  return {};
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

webhook::HealthChecks Process::health_checks() {
  webhook::HealthChecks checks;
  checks.ready.push_back(check_of("process", [] { return base::Status(); }));
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

void Process::keep_house() {
  if (controller_ != nullptr) controller_->mend_registration();
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
  Process process(flags, signals, clock, log);
  const base::Status started = process.start();
  if (started.ok()) {
    log.info("started", {{"version", MIGADAPTER_VERSION}});
    while (!signals.wait_for(kRegistrationCheck)) process.keep_house();
  } else {
    log.error("cannot start", {{"error", started.error().message()}});
  }
  log.info("stopping");
  process.stop();
  log.info("stopped");
  return started.ok() || signals.asked_to_stop() ? 0 : 1;
}

}  // namespace migadapter::app
