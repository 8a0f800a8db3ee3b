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

base::Result<ServedCertificate> load_served_certificate(const std::string& folder,
                                                        base::WallTime now) {
  auto certificate = webhook::load_certificate(folder, now);
  if (!certificate.ok()) return certificate.error().with_context("--cert-dir");
  auto ca_bundle = webhook::load_ca_bundle(folder);
  if (!ca_bundle.ok()) return ca_bundle.error().with_context("--cert-dir");
  return ServedCertificate{*std::move(certificate), *std::move(ca_bundle)};
}

base::Result<ServedCertificate> make_served_certificate(const std::vector<std::string>& hosts,
                                                        base::WallTime now) {
  const auto authority = webhook::make_certificate_authority(now);
  if (!authority.ok()) return authority.error();
  auto certificate = webhook::issue_certificate(*authority, hosts, now);
  if (!certificate.ok()) return certificate.error();
  return ServedCertificate{*std::move(certificate), authority->certificate_pem};
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

base::Result<ServedCertificate> find_certificate(const RunFlags& flags, const WebhookPlace& place,
                                                 base::WallTime now) {
  // Each process makes a certificate authority of its own.
  if (flags.role != Role::all && flags.certificate_folder.empty())
    return base::Error(base::ErrorCode::invalid_argument,
                       "--role webhook and --role controller need --cert-dir");
  return flags.certificate_folder.empty() ? make_served_certificate(place.hosts, now)
                                          : load_served_certificate(flags.certificate_folder, now);
}

}  // namespace migadapter::app
