// Where the webhook is found and served, and the certificate it needs there.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "flags.h"
#include "kube/webhook_registration.h"
#include "listen_address.h"
#include "webhook/certificates.h"

namespace migadapter::app {

/// Where the API server finds us, where we listen, and what the certificate must be for.
struct WebhookPlace {
  kube::WebhookAddress address;
  HostPort listen;
  std::vector<std::string> hosts;
};

/// By the flags: the URL, or the Service in our own namespace. Errors name the flag.
base::Result<WebhookPlace> find_webhook_place(const RunFlags& flags, const std::string& name_space);

/// A certificate to serve with, and what the API server needs to trust it.
struct ServedCertificate {
  webhook::ServerCertificate certificate;
  std::string ca_bundle_pem;
};

/// The user's own of --cert-dir, or one by a new certificate authority for the hosts of the place.
base::Result<ServedCertificate> find_certificate(const RunFlags& flags, const WebhookPlace& place,
                                                 base::WallTime now);

}  // namespace migadapter::app
