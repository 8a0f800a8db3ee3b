#include "webhook_part.h"

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

WebhookPart::WebhookPart(const Surroundings& surroundings, cluster::RuleStore& rules)
    : surroundings_(surroundings),
      handler_(rules, surroundings.clock, surroundings.log),
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

base::Status WebhookPart::check_serving() const {
  if (serving_) return {};
  return base::Error(base::ErrorCode::unavailable, "the webhook has no certificate yet");
}

void WebhookPart::drain() {
  if (server_ != nullptr) server_->drain(kStopPatience);
}

}  // namespace migadapter::app
