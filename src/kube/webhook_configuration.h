// The objects with which the webhook is registered and probed, as JSON.
#pragma once

#include <string>

#include "kube/webhook_registration.h"

namespace migadapter::kube {

/// The MutatingWebhookConfiguration, for server-side apply. An empty bundle is left out.
std::string encode_webhook_configuration(const WebhookAddress& address,
                                         const std::string& ca_bundle_pem);

/// The resource version of the configuration that the API server sent; empty when there is none.
std::string decode_resource_version(std::string_view configuration);

/// The caBundle of our webhook in it, PEM; empty when there is none.
std::string decode_ca_bundle(std::string_view configuration);

/// A pod that asks for a MIG resource and carries the probe annotation. It is never created, and it
/// meets the strictest Pod Security Standard, so that no admission refuses it before or after us.
std::string encode_probe_pod(const std::string& name_space, const std::string& nonce);

/// The value of the probe's answer in a returned pod; empty when there is none.
std::string decode_probe_answer(std::string_view pod);

}  // namespace migadapter::kube
