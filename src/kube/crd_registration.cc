#include "kube/crd_registration.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "kube/codec/json_reader.h"
#include "kube/transport/api_status.h"
#include "kube/transport/blocking_call.h"
#include "kube/webhook_registration.h"

namespace migadapter::kube {
namespace {

/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
bool is_established(std::string_view definition) {
  JsonReader reader;
  const auto root = reader.read(definition);
  if (!root.ok()) return false;
  for (const JsonField condition : root->at("status").at("conditions").items()) {
    if (condition.at("type").text() == "Established") {
      return condition.at("status").text() == "True";
    }
  }
  return false;
}

base::Status register_crd(HttpTransport& transport, const CrdManifest& manifest) {
  HttpRequest request;
  request.method = "PATCH";
  request.timeout = kRegistrationTimeout;
  request.path = fmt::format(
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{}?fieldManager=mig-adapter"
      "&force=true",
      manifest.name);
  request.content_type = "application/apply-patch+yaml";
  request.body = manifest.yaml;
  const std::string what = fmt::format("installing the definition {}", manifest.name);
  const auto answer = send_and_wait(transport, std::move(request));
  base::Status status = status_of(answer, what);
  if (!status.ok() || is_established(answer->body)) return status;
  return base::Error(base::ErrorCode::unavailable, what + ": it is not served yet");
}

}  // namespace

base::Status register_crds(HttpTransport& transport) {
  for (const CrdManifest& manifest : crd_manifests()) {
    if (base::Status status = register_crd(transport, manifest); !status.ok()) return status;
  }
  return {};
}

}  // namespace migadapter::kube
