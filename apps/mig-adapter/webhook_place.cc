#include "webhook_place.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

namespace migadapter::app {
namespace {

constexpr std::uint16_t kDefaultWebhookPort = 9443;

WebhookPlace place_behind_service(const RunFlags& flags, const std::string& name_space) {
  const std::string& name = flags.webhook_service;
  WebhookPlace place;
  place.address.service_namespace = name_space;
  place.address.service_name = name;
  place.hosts = {fmt::format("{}.{}.svc", name, name_space),
                 fmt::format("{}.{}.svc.cluster.local", name, name_space)};
  place.listen = {"0.0.0.0", kDefaultWebhookPort};
  return place;
}

}  // namespace

base::Result<WebhookPlace> find_webhook_place(const RunFlags& flags,
                                              const std::string& name_space) {
  WebhookPlace place = place_behind_service(flags, name_space);
  if (!flags.webhook_url.empty()) {
    const auto url = parse_webhook_url(flags.webhook_url);
    if (!url.ok()) return url.error();
    place = {.address = {}, .listen = {"0.0.0.0", url->port}, .hosts = {url->host}};
    place.address.url = flags.webhook_url;
  }
  if (!flags.webhook_listen.empty()) {
    const auto listen = parse_listen_address(flags.webhook_listen, "--webhook-listen");
    if (!listen.ok()) return listen.error();
    place.listen = *listen;
  }
  return place;
}

}  // namespace migadapter::app
