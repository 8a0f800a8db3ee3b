#include "controller_part.h"

#include <chrono>
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

/// How long the start waits for an API server that does not answer.
constexpr std::chrono::seconds kStartPatience{30};

bool may_pass(const base::Error& error) {
  return error.code() == base::ErrorCode::unavailable || error.code() == base::ErrorCode::timeout;
}

}  // namespace

ControllerPart::ControllerPart(const Surroundings& surroundings, cluster::RuleStore& rules,
                               std::string ca_bundle_pem)
    : surroundings_(surroundings),
      rules_(rules),
      ca_bundle_pem_(std::move(ca_bundle_pem)),
      rng_(base::seed_from_system()) {}

base::Status ControllerPart::patiently(StopSignals& signals,
                                       const std::function<base::Status()>& attempt) const {
  const base::MonotonicTime give_up = surroundings_.clock.monotonic() + kStartPatience;
  for (;;) {
    base::Status status = attempt();
    if (status.ok() || !may_pass(status.error()) || surroundings_.clock.monotonic() >= give_up)
      return status;
    surroundings_.log.warning("cannot register yet", {{"error", status.error().message()}});
    if (signals.wait_for(std::chrono::seconds(1))) return status;
  }
}

base::Status ControllerPart::register_crds(StopSignals& signals) {
  const bool outside = !surroundings_.place.address.url.empty();
  if (!outside || !surroundings_.flags.register_crds) return {};
  return patiently(signals, [this] { return kube::register_crds(surroundings_.transport); });
}

base::Status ControllerPart::register_webhook(StopSignals& signals) {
  return patiently(signals, [this] {
    base::Status status = kube::register_webhook(surroundings_.transport,
                                                 surroundings_.place.address, ca_bundle_pem_);
    registered_ = registered_ || status.ok();
    return status;
  });
}

void ControllerPart::start_lease() {
  kube::LeaderLeaseOptions options;
  options.name_space = surroundings_.name_space;
  options.identity = surroundings_.identity;
  lease_ = kube::start_leader_lease(surroundings_.transport, surroundings_.clock, surroundings_.log,
                                    options);
}

void ControllerPart::start() {
  const auto& [flags, clock, log, transport, name_space, identity, place] = surroundings_;
  writer_ = kube::make_cluster_writer(transport, clock, log);
  if (flags.leader_election) start_lease();
  watch_ = kube::start_cluster_watch(
      transport, clock, log, [this](kube::ClusterEvent event) { inbox_.push(std::move(event)); });
  probe_ = std::make_unique<controller::WebhookProbe>(
      transport, clock, log, controller::WebhookProbe::Options{name_space, rng_.next()},
      [this] { inbox_.push(controller::Nudge{}); });
  controller_ = std::make_unique<controller::Controller>(
      controller::ControllerDoors{inbox_, rules_, *writer_, clock, log, [this] { return gate(); }},
      controller::ControllerOptions{
          {flags.restore, std::chrono::seconds(flags.minimum_run_seconds)},
          rng_.next(),
          scheduler_facts(flags)});
  thread_ = std::jthread([this](const std::stop_token& stop) { controller_->run(stop); });
}

controller::GateView ControllerPart::gate() const {
  controller::GateView view;
  view.watch_current_as_of = watch_->current_as_of();
  view.leader_until = lease_ == nullptr ? base::MonotonicTime::max() : lease_->leader_until();
  view.webhook_proven_at = probe_->proven_at();
  return view;
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

void ControllerPart::mend_registration() {
  if (probe_->last_failure().empty()) return;
  const base::Status status =
      kube::register_webhook(surroundings_.transport, surroundings_.place.address, ca_bundle_pem_);
  if (!status.ok())
    surroundings_.log.warning("cannot register the webhook again",
                              {{"error", status.error().message()}});
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
