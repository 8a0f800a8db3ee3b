#include "controller_part.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "kube/crd_registration.h"
#include "kube/webhook_registration.h"

namespace migadapter::app {
namespace {

cluster::SchedulerFacts scheduler_facts(const RunFlags& flags) {
  cluster::SchedulerFacts facts;
  for (const std::string& name : flags.scheduler_names) facts.alike_schedulers.emplace(name);
  facts.tolerates_extended_resources = flags.tolerates_extended_resources;
  return facts;
}

/// As other programs exit that are wrong in a way that a new start mends.
constexpr int kLeaseLostExitCode = 1;

bool may_pass(const base::Error& error) {
  return error.code() == base::ErrorCode::unavailable || error.code() == base::ErrorCode::timeout;
}

/// Outside the cluster our namespace is where the Lease lies, and as good as any other.
cluster::Declared declared_by(const Surroundings& surroundings) {
  const bool in_cluster = surroundings.flags.webhook_url.empty();
  return {in_cluster ? base::Name(surroundings.name_space) : base::Name(),
          surroundings.flags.owner_kinds};
}

}  // namespace

ControllerPart::ControllerPart(const Surroundings& surroundings)
    : surroundings_(surroundings),
      authorities_(surroundings.transport, surroundings.clock, surroundings.log,
                   {surroundings.name_space, webhook::kAuthoritySecret},
                   surroundings.flags.lifetimes),
      rng_(base::seed_from_system()) {}

base::Status ControllerPart::register_crds(StopSignals& signals) {
  const bool outside = !surroundings_.place.address.url.empty();
  if (!outside || !surroundings_.flags.register_crds) return {};
  const base::MonotonicTime give_up = surroundings_.clock.monotonic() + kStartPatience;
  for (;;) {
    base::Status status = kube::register_crds(surroundings_.transport);
    if (status.ok() || !may_pass(status.error()) || surroundings_.clock.monotonic() >= give_up)
      return status;
    surroundings_.log.warning("cannot register yet", {{"error", status.error().message()}});
    if (signals.wait_for(std::chrono::seconds(1))) return status;
  }
}

void ControllerPart::start_lease() {
  kube::LeaderLeaseOptions options;
  options.name_space = surroundings_.name_space;
  options.identity = surroundings_.identity;
  options.lease_duration = surroundings_.flags.lease.lease;
  options.renew_deadline = surroundings_.flags.lease.renew_deadline;
  options.retry_period = surroundings_.flags.lease.retry_period;
  lease_ = kube::start_leader_lease(surroundings_.transport, surroundings_.clock, surroundings_.log,
                                    options);
}

void ControllerPart::start() {
  const auto& [flags, clock, log, transport, name_space, identity, place] = surroundings_;
  writer_ = kube::make_cluster_writer(transport, clock, log);
  rule_writer_ = kube::make_rule_writer(transport);
  if (flags.leader_election) start_lease();
  watch_ = kube::start_cluster_watch(
      {transport, clock, log}, {kube::every_watched_kind(), name_space},
      [this](kube::ClusterEvent event) { inbox_.push(std::move(event)); });
  probe_ = std::make_unique<controller::WebhookProbe>(
      transport, clock, log, controller::WebhookProbe::Options{name_space, rng_.next()},
      [this] { inbox_.push(controller::Nudge{}); });
  controller_ = std::make_unique<controller::Controller>(
      doors(), controller::ControllerOptions{
                   {flags.restore, std::chrono::seconds(flags.minimum_run_seconds)},
                   {rng_.next(), identity},
                   scheduler_facts(flags),
                   declared_by(surroundings_)});
  thread_ = std::jthread([this](const std::stop_token& stop) { controller_->run(stop); });
}

controller::ControllerDoors ControllerPart::doors() {
  return {inbox_,
          *writer_,
          *rule_writer_,
          surroundings_.clock,
          surroundings_.log,
          [this] { return gate(); },
          [this] { end_at_once(); }};
}

/// Requests that are on their way are not waited for either: nothing may happen any more without
/// the lease. Whoever started the process starts it anew.
void ControllerPart::end_at_once() {
  surroundings_.log.error(
      "the leader election's Lease was lost while acting; ending at once, so that nothing is done "
      "without it",
      {{"exit_code", kLeaseLostExitCode}});
  std::_Exit(kLeaseLostExitCode);
}

controller::GateView ControllerPart::gate() const {
  controller::GateView view;
  view.watch_current_as_of = watch_->current_as_of();
  view.leader_until = leader_until();
  view.webhook_proven_at = probe_->proven_at();
  return view;
}

std::optional<base::MonotonicTime> ControllerPart::leader_until() const {
  return lease_ == nullptr ? base::MonotonicTime::max() : lease_->leader_until();
}

bool ControllerPart::acts() const {
  const auto until = leader_until();
  return until.has_value() && surroundings_.clock.monotonic() < *until;
}

base::Status ControllerPart::check_synced() const {
  if (controller_->synced()) return {};
  return base::Error(base::ErrorCode::unavailable,
                     "the first lists from the API server are not complete");
}

base::Status ControllerPart::check_webhook() const {
  if (probe_->proven_at().has_value()) return {};
  return base::Error(base::ErrorCode::unavailable,
                     "the API server has not reached the webhook yet: " + probe_->last_failure());
}

base::Result<std::string> ControllerPart::trusted_bundle() {
  const RunFlags& flags = surroundings_.flags;
  if (flags.ca_bundle_injected) return std::string();
  if (flags.certificate_folder.empty()) return authorities_.keep();
  return webhook::load_ca_bundle(flags.certificate_folder);
}

base::Status ControllerPart::keep_trust() {
  if (!acts()) return {};
  auto bundle = trusted_bundle();
  if (!bundle.ok()) return bundle.error().with_context("the webhook's certificate authority");
  bundle_pem_ = *std::move(bundle);
  return {};
}

base::Status ControllerPart::keep_registration() {
  if (!acts() || !bundle_pem_.has_value()) return {};
  const auto version =
      kube::register_webhook(surroundings_.transport, surroundings_.place.address, *bundle_pem_);
  if (!version.ok()) return version.error();
  registered_ = true;
  authorities_.on_registered(*bundle_pem_, *version);
  return {};
}

void ControllerPart::add_figures(webhook::MetricsText& metrics) const {
  using Kind = webhook::MetricsText::Kind;
  metrics.family("leader_election_master_status", Kind::gauge,
                 "1 in the process that acts, 0 in the others.");
  metrics.sample(acts() ? 1 : 0, {{"name", "mig-adapter"}});
  const controller::Figures& figures = controller_->figures();
  const auto add = [&metrics](const char* name, const char* label, const char* help,
                              const base::WordCounts& counts) {
    metrics.family(name, Kind::counter, help);
    for (const auto& [word, count] : counts.all())
      metrics.sample(static_cast<double>(count), {{label, word}});
  };
  add("migadapter_upgrade_refusals_total", "reason", "Waiting pods left as they are.",
      figures.refusals);
  add("migadapter_evictions_total", "move", "Evictions asked for.", figures.evictions);
  add("migadapter_moves_total", "outcome", "Moves that ended.", figures.outcomes);
}

void ControllerPart::stop() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  if (probe_ != nullptr) probe_->stop();
  unregister_webhook();  // before another process, which has its own to register, may act
  if (lease_ != nullptr) lease_->release(kStopPatience);
}

/// Inside the cluster the configuration belongs to the manifests and the next process needs it.
void ControllerPart::unregister_webhook() {
  if (!registered_ || surroundings_.place.address.url.empty()) return;
  const base::Status status = kube::unregister_webhook(surroundings_.transport);
  if (!status.ok())
    surroundings_.log.error("the webhook could not be removed",
                            {{"error", status.error().message()}});
}

}  // namespace migadapter::app
