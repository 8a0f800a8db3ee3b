#include "webhook_part.h"

#include <utility>
#include <variant>

#include "kube/webhook_registration.h"
#include "webhook/authority_keeper.h"

namespace migadapter::app {
namespace {

std::unique_ptr<webhook::CertificateSource> make_source(const Surroundings& surroundings) {
  const RunFlags& flags = surroundings.flags;
  if (!flags.certificate_folder.empty())
    return std::make_unique<webhook::FolderSource>(flags.certificate_folder, surroundings.clock);
  return std::make_unique<webhook::SigningSource>(
      surroundings.transport, surroundings.clock,
      kube::SecretName{surroundings.name_space, webhook::kAuthoritySecret},
      surroundings.place.hosts, flags.lifetimes.leaf);
}

}  // namespace

WebhookPart::WebhookPart(const Surroundings& surroundings)
    : surroundings_(surroundings),
      handler_(rules_, surroundings.clock, surroundings.log),
      source_(make_source(surroundings)) {}

base::Result<std::optional<webhook::ClientTrust>> WebhookPart::read_clients() const {
  const RunFlags& flags = surroundings_.flags;
  if (flags.client_ca_file.empty()) return std::optional<webhook::ClientTrust>();
  auto authorities = webhook::load_authorities(flags.client_ca_file);
  if (!authorities.ok()) return authorities.error().with_context("--client-ca-file");
  return std::optional(webhook::ClientTrust{*std::move(authorities), flags.client_names});
}

base::Status WebhookPart::keep_certificate() {
  auto clients = read_clients();
  if (!clients.ok()) return clients.error();
  auto renewed = source_->renewed();
  if (!renewed.ok()) return renewed.error().with_context("the webhook's certificate");
  if (!renewed->has_value() && *clients == clients_) return {};
  if (renewed->has_value()) {
    certificate_ = **renewed;
    note_end();
  }
  clients_ = *std::move(clients);
  surroundings_.log.info("serving with a new certificate");
  return server_ == nullptr ? serve() : server_->replace_tls(*certificate_, clients_);
}

void WebhookPart::note_end() {
  const auto validity = webhook::validity_of(certificate_->chain_pem);
  if (!validity.ok()) return;
  const std::chrono::duration<double> end = validity->end.time_since_epoch();
  certificate_end_seconds_ = end.count();
}

void WebhookPart::add_figures(webhook::MetricsText& metrics) const {
  using Kind = webhook::MetricsText::Kind;
  metrics.family("migadapter_admission_reviews_total", Kind::counter,
                 "Reviews of the API server that were answered, by what was decided.");
  double answered = 0;
  for (const auto& [reason, count] : handler_.counts()) {
    metrics.sample(static_cast<double>(count), {{"reason", decide::to_string(reason)}});
    answered += static_cast<double>(count);
  }
  metrics.family("controller_runtime_webhook_requests_total", Kind::counter,
                 "Requests to the webhook; a code of 4xx is no review that we could read.");
  metrics.sample(answered, {{"webhook", kube::kWebhookPath}, {"code", "200"}});
  metrics.sample(static_cast<double>(handler_.refused()),
                 {{"webhook", kube::kWebhookPath}, {"code", "4xx"}});
  metrics.family("migadapter_rules", Kind::gauge, "Rules that are known.");
  metrics.sample(static_cast<double>(rules_.all(surroundings_.clock.wall()).size()));
  metrics.family("migadapter_webhook_certificate_expiry_timestamp_seconds", Kind::gauge,
                 "When the certificate that is served ends, since the epoch.");
  metrics.sample(certificate_end_seconds_);
}

base::Status WebhookPart::serve() {
  webhook::ServerOptions options;
  options.address = surroundings_.place.listen.host;
  options.port = surroundings_.place.listen.port;
  options.certificate = *certificate_;
  options.clients = clients_;
  auto server = webhook::start_server(
      options, [this](const auto& request) { return handler_.answer(request); }, surroundings_.log);
  if (!server.ok()) return server.error().with_context("serving the webhook");
  server_ = *std::move(server);
  serving_ = true;
  return {};
}

void WebhookPart::watch_rules() {
  const auto& [flags, clock, log, transport, name_space, identity, place] = surroundings_;
  kube::ReplicaLeaseOptions options;
  options.name_space = name_space;
  options.name = replica_lease_name(identity);
  lease_ = kube::start_replica_lease(transport, clock, log, std::move(options));
  watch_ = kube::start_cluster_watch({transport, clock, log},
                                     {{kube::WatchedKind::mig_rules}, name_space},
                                     [this](const kube::ClusterEvent& event) { take_in(event); });
}

/// On the transport's thread.
void WebhookPart::take_in(const kube::ClusterEvent& event) {
  if (const auto* rule = std::get_if<cluster::Rule>(&event)) {
    rules_.upsert(*rule);
  } else if (const auto* removed = std::get_if<kube::Removed>(&event)) {
    rules_.remove(removed->key);
  } else if (const auto* reported = std::get_if<kube::Reported>(&event)) {
    lease_->serve(reported->resource_version);
  } else if (std::holds_alternative<kube::Synced>(event)) {
    synced_ = true;
  }
}

base::Status WebhookPart::check_serving() const {
  if (!serving_)
    return base::Error(base::ErrorCode::unavailable, "the webhook has no certificate yet");
  if (!synced_)
    return base::Error(base::ErrorCode::unavailable, "the rules have not been listed yet");
  if (lease_->is_told()) return {};
  return base::Error(base::ErrorCode::unavailable,
                     "the Lease does not say that this replica serves the rules");
}

void WebhookPart::drain() {
  if (server_ != nullptr) server_->drain(kStopPatience);
  if (lease_ != nullptr) lease_->withdraw(kStopPatience);
}

}  // namespace migadapter::app
