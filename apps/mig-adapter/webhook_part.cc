#include "webhook_part.h"

namespace migadapter::app {

WebhookPart::WebhookPart(const Surroundings& surroundings, cluster::RuleStore& rules)
    : surroundings_(surroundings), handler_(rules, surroundings.clock, surroundings.log) {}

base::Status WebhookPart::serve(const webhook::ServerCertificate& certificate) {
  webhook::ServerOptions options;
  options.address = surroundings_.place.listen.host;
  options.port = surroundings_.place.listen.port;
  options.certificate = certificate;
  auto server = webhook::start_server(
      options, [this](const auto& request) { return handler_.answer(request); }, surroundings_.log);
  if (!server.ok()) return server.error().with_context("serving the webhook");
  server_ = *std::move(server);
  return {};
}

void WebhookPart::drain() {
  if (server_ != nullptr) server_->drain(kStopPatience);
}

}  // namespace migadapter::app
