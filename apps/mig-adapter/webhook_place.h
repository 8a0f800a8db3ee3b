// Where the webhook is found and served.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "flags.h"
#include "kube/webhook_registration.h"
#include "listen_address.h"

namespace migadapter::app {

/// Where the API server finds us, where we listen, and what the certificate must be for.
struct WebhookPlace {
  kube::WebhookAddress address;
  HostPort listen;
  std::vector<std::string> hosts;
};

/// By the flags: the URL, or the Service in our own namespace. Errors name the flag.
base::Result<WebhookPlace> find_webhook_place(const RunFlags& flags, const std::string& name_space);

}  // namespace migadapter::app
