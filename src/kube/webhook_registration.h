// Our entry in the API server's list of webhooks, and the proof that it works.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "kube/http.h"

namespace migadapter::kube {

/// Where the API server finds the webhook: a URL, or a Service of the cluster.
struct WebhookAddress {
  std::string url;  ///< "https://HOST:PORT"; empty when a Service is named
  std::string service_namespace;
  std::string service_name;
  int service_port = 443;
};

inline constexpr std::string_view kWebhookPath = "/mutate-pods";
inline constexpr std::string_view kWebhookConfigurationName = "mig-adapter";

/// Blocking calls for start-up and shut-down, of at most kRegistrationTimeout; thread-safe.
inline constexpr base::Millis kRegistrationTimeout{5'000};

/// Creates or updates the MutatingWebhookConfiguration by server-side apply: CREATE of pods that
/// ask for a MIG resource and have an owner or the probe annotation, failurePolicy Ignore, timeout
/// 2 s, sideEffects None, reinvocationPolicy IfNeeded. An empty bundle leaves the caBundle to
/// another, such as cert-manager's injector. Returns the configuration's resource version, which
/// stays the same as long as nobody changes it: applying what is there already is no change.
base::Result<std::string> register_webhook(HttpTransport& transport, const WebhookAddress& address,
                                           const std::string& ca_bundle_pem);

/// The caBundle that the API server uses now, PEM; empty where none is registered.
base::Result<std::string> registered_ca_bundle(HttpTransport& transport);

/// Deletes it; fine when it is gone already.
base::Status unregister_webhook(HttpTransport& transport);

/// Asks the API server to create a pod in `name_space` as a dry run and tells whether our webhook
/// patched it: ok when it did, unavailable when it was not asked or answered nothing, forbidden and
/// so on when the server refused. `done` is called on the transport's thread.
void probe_webhook(HttpTransport& transport, const std::string& name_space,
                   const std::string& nonce, std::function<void(base::Status)> done);

}  // namespace migadapter::kube
