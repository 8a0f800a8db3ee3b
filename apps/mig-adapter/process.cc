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
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "cluster/rule_store.h"
#include "controller/controller.h"
#include "controller/webhook_probe.h"
#include "kube/access.h"
#include "kube/cluster_watch.h"
#include "kube/cluster_writer.h"
#include "kube/http.h"
#include "kube/leader_lease.h"
#include "kube/webhook_registration.h"
#include "stop_signals.h"
#include "webhook/admission_handler.h"
#include "webhook/certificates.h"
#include "webhook/health.h"
#include "webhook/server.h"
#include "webhook_place.h"

namespace migadapter::app {
namespace {

/// Rules in memory at most: each move has one, and kMostMoves bounds those.
constexpr std::size_t kMostRules = 1024;
/// How long the start waits for an API server that does not answer.
constexpr std::chrono::seconds kStartPatience{30};
/// How long the end waits for each thing that others should be told.
constexpr base::Millis kStopPatience{5'000};
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

std::string process_identity(std::uint64_t nonce) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("{}_{:016x}", host.data(), nonce);
}

/// Everything that runs, in the order of its construction; torn down in the reverse order.
class Process {
 public:
  Process(const RunFlags& flags, StopSignals& signals, const base::Clock& clock, base::Logger& log)
      : flags_(flags),
        signals_(signals),
        clock_(clock),
        log_(log),
        rng_(base::seed_from_system()) {}

  base::Status start();
  /// Registers the webhook anew where the probe says that it is not reached.
  void mend_registration();
  void stop();

 private:
  base::Status reach_api_server();
  base::Status serve_webhook();
  base::Status serve_health();
  base::Status register_webhook();
  void start_controller();
  controller::GateView gate() const;
  base::Status check_synced() const;
  base::Status check_webhook() const;

  const RunFlags& flags_;
  StopSignals& signals_;
  const base::Clock& clock_;
  base::Logger& log_;
  base::Rng rng_;
  std::atomic<bool> stopping_ = false;
  std::string name_space_;
  WebhookPlace place_;
  std::string ca_bundle_pem_;
  bool registered_ = false;  ///< by us: what another process registered is not ours to remove
  cluster::MemoryRuleStore rules_{kMostRules};
  controller::Inbox inbox_;
  std::unique_ptr<kube::HttpTransport> transport_;
  std::unique_ptr<webhook::AdmissionHandler> handler_;
  std::unique_ptr<webhook::Server> webhook_server_;
  std::unique_ptr<kube::ClusterWriter> writer_;
  std::unique_ptr<kube::LeaderLease> lease_;
  std::unique_ptr<kube::ClusterWatch> watch_;
  std::unique_ptr<controller::WebhookProbe> probe_;
  std::unique_ptr<controller::Controller> controller_;
  std::unique_ptr<webhook::Server> health_server_;
  std::jthread controller_thread_;
};

base::Status Process::start() {
  if (base::Status status = reach_api_server(); !status.ok()) return status;
  if (base::Status status = serve_webhook(); !status.ok()) return status;
  if (base::Status status = register_webhook(); !status.ok()) return status;
  start_controller();
  return serve_health();
}

base::Status Process::reach_api_server() {
  auto access = find_access(flags_, clock_);
  if (!access.ok()) return access.error();
  name_space_ = flags_.name_space.empty() ? access->default_namespace : flags_.name_space;
  auto place = find_webhook_place(flags_, name_space_);
  if (!place.ok()) return place.error();
  place_ = *std::move(place);
  log_.info("using API server", {{"server", access->server}, {"namespace", name_space_}});
  transport_ = kube::make_curl_transport(*std::move(access), log_);
  return {};
}

base::Status Process::serve_webhook() {
  auto served = find_certificate(flags_, place_, clock_.wall());
  if (!served.ok()) return served.error();
  ca_bundle_pem_ = served->ca_bundle_pem;
  handler_ = std::make_unique<webhook::AdmissionHandler>(rules_, clock_, log_);
  webhook::ServerOptions options;
  options.address = place_.listen.host;
  options.port = place_.listen.port;
  options.certificate = std::move(served->certificate);
  auto server = webhook::start_server(
      options, [handler = handler_.get()](const auto& request) { return handler->answer(request); },
      log_);
  if (!server.ok()) return server.error().with_context("serving the webhook");
  webhook_server_ = *std::move(server);
  return {};
}

base::Status Process::register_webhook() {
  const auto give_up = clock_.monotonic() + kStartPatience;
  for (;;) {
    base::Status status = kube::register_webhook(*transport_, place_.address, ca_bundle_pem_);
    registered_ = registered_ || status.ok();
    const bool may_pass = !status.ok() && (status.error().code() == base::ErrorCode::unavailable ||
                                           status.error().code() == base::ErrorCode::timeout);
    if (!may_pass || clock_.monotonic() >= give_up) return status;
    log_.warning("cannot register the webhook yet", {{"error", status.error().message()}});
    if (signals_.wait_for(std::chrono::seconds(1))) return status;
  }
}

void Process::start_controller() {
  const auto nudge = [this] { inbox_.push(controller::Nudge{}); };
  writer_ = kube::make_cluster_writer(*transport_, clock_, log_);
  if (flags_.leader_election) {
    kube::LeaderLeaseOptions options;
    options.name_space = name_space_;
    options.identity = process_identity(rng_.next());
    lease_ = kube::start_leader_lease(*transport_, clock_, log_, options);
  }
  watch_ = kube::start_cluster_watch(*transport_, clock_, log_, [this](kube::ClusterEvent event) {
    inbox_.push(std::move(event));
  });
  probe_ = std::make_unique<controller::WebhookProbe>(
      *transport_, clock_, log_, controller::WebhookProbe::Options{name_space_, rng_.next()},
      nudge);
  controller_ = std::make_unique<controller::Controller>(
      controller::ControllerDoors{inbox_, rules_, *writer_, clock_, log_,
                                  [this] { return gate(); }},
      controller::ControllerOptions{
          {flags_.restore, std::chrono::seconds(flags_.minimum_run_seconds)}, rng_.next()});
  controller_thread_ =
      std::jthread([this](const std::stop_token& stop) { controller_->run(stop); });
}

controller::GateView Process::gate() const {
  controller::GateView view;
  view.watch_current_as_of = watch_->current_as_of();
  view.leader_until = lease_ == nullptr ? base::MonotonicTime::max() : lease_->leader_until();
  view.webhook_proven_at = probe_->proven_at();
  return view;
}

base::Status Process::serve_health() {
  const auto listen = parse_listen_address(flags_.health_listen, "--health-listen");
  if (!listen.ok()) return listen.error();
  webhook::ServerOptions options;
  options.address = listen->host;
  options.port = listen->port;
  options.tls = false;
  webhook::HealthChecks checks;
  checks.ready = {{"synced", [this] { return check_synced(); }},
                  {"webhook", [this] { return check_webhook(); }}};
  auto server =
      webhook::start_server(options, webhook::make_health_handler(std::move(checks)), log_);
  if (!server.ok()) return server.error().with_context("serving /healthz and /readyz");
  health_server_ = *std::move(server);
  return {};
}

base::Status Process::check_synced() const {
  if (controller_->synced()) return {};
  return base::Error(base::ErrorCode::unavailable,
                     "the first lists from the API server are not complete");
}

base::Status Process::check_webhook() const {
  if (stopping_) return base::Error(base::ErrorCode::cancelled, "the program is stopping");
  if (probe_->proven_at().has_value()) return {};
  return base::Error(base::ErrorCode::unavailable,
                     "the API server has not reached the webhook yet: " + probe_->last_failure());
}

void Process::mend_registration() {
  if (probe_->last_failure().empty()) return;
  const base::Status status = kube::register_webhook(*transport_, place_.address, ca_bundle_pem_);
  if (!status.ok())
    log_.warning("cannot register the webhook again", {{"error", status.error().message()}});
}

void Process::stop() {
  stopping_ = true;
  if (controller_thread_.joinable()) {
    controller_thread_.request_stop();
    controller_thread_.join();
  }
  // The health server still asks probe_ and controller_; they go only after it.
  if (probe_ != nullptr) probe_->stop();
  if (lease_ != nullptr) lease_->release(kStopPatience);
  // Inside the cluster the configuration belongs to the manifests and the next process needs it.
  if (registered_ && !place_.address.url.empty()) {
    const base::Status status = kube::unregister_webhook(*transport_);
    if (!status.ok())
      log_.error("the webhook could not be removed", {{"error", status.error().message()}});
  }
  if (webhook_server_ != nullptr) webhook_server_->drain(kStopPatience);
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
    while (!signals.wait_for(kRegistrationCheck)) process.mend_registration();
  } else {
    log.error("cannot start", {{"error", started.error().message()}});
  }
  log.info("stopping");
  process.stop();
  log.info("stopped");
  return started.ok() || signals.asked_to_stop() ? 0 : 1;
}

}  // namespace migadapter::app
