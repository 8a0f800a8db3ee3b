#include "kube/webhook_registration.h"

#include <fmt/format.h>

#include "kube/transport/api_status.h"
#include "kube/transport/blocking_call.h"
#include "kube/webhook_configuration.h"

namespace migadapter::kube {
namespace {

std::string configuration_path() {
  return fmt::format("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/{}",
                     kWebhookConfigurationName);
}

base::Status probe_result(const base::Result<HttpResponse>& answer, const std::string& nonce) {
  base::Status status = status_of(answer, "probing the webhook");
  if (!status.ok() || decode_probe_answer(answer->body) == nonce) return status;
  return base::Error(base::ErrorCode::unavailable,
                     "probing the webhook: the API server created the probe pod without asking it "
                     "or got no answer from it");
}

}  // namespace

base::Result<std::string> register_webhook(HttpTransport& transport, const WebhookAddress& address,
                                           const std::string& ca_bundle_pem) {
  HttpRequest request;
  request.method = "PATCH";
  request.timeout = kRegistrationTimeout;
  request.path = configuration_path() + "?fieldManager=mig-adapter&force=true";
  request.content_type = "application/apply-patch+yaml";
  request.body = encode_webhook_configuration(address, ca_bundle_pem);
  const auto answer = send_and_wait(transport, std::move(request));
  if (base::Status status = status_of(answer, "registering the webhook"); !status.ok())
    return status.error();
  return decode_resource_version(answer->body);
}

base::Result<std::string> registered_ca_bundle(HttpTransport& transport) {
  HttpRequest request;
  request.timeout = kRegistrationTimeout;
  request.path = configuration_path();
  const auto answer = send_and_wait(transport, std::move(request));
  const base::Status status = status_of(answer, "reading the webhook's registration");
  if (status.ok()) return decode_ca_bundle(answer->body);
  if (status.error().code() == base::ErrorCode::not_found) return std::string();
  return status.error();
}

base::Status unregister_webhook(HttpTransport& transport) {
  HttpRequest request;
  request.method = "DELETE";
  request.timeout = kRegistrationTimeout;
  request.path = configuration_path();
  base::Status status =
      status_of(send_and_wait(transport, std::move(request)), "unregistering the webhook");
  const bool gone = !status.ok() && status.error().code() == base::ErrorCode::not_found;
  return gone ? base::Status() : status;
}

void probe_webhook(HttpTransport& transport, const std::string& name_space,
                   const std::string& nonce, std::function<void(base::Status)> done) {
  HttpRequest request;
  request.method = "POST";
  request.path = fmt::format("/api/v1/namespaces/{}/pods?dryRun=All", name_space);
  request.body = encode_probe_pod(name_space, nonce);
  transport.send(std::move(request),
                 [nonce, done = std::move(done)](const base::Result<HttpResponse>& answer) {
                   done(probe_result(answer, nonce));
                 });
}

}  // namespace migadapter::kube
