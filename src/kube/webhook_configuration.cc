#include "kube/webhook_configuration.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cluster/annotations.h"
#include "kube/codec/base64.h"

namespace migadapter::kube {
namespace {

namespace json = boost::json;

constexpr int kTimeoutSeconds = 2;

// An evaluation error skips the webhook, so every optional field is asked for with has().
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions

/// True if a container of the list has a MIG resource in its limits or requests.
std::string asks_for_mig(std::string_view list) {
  const auto names_one = [](std::string_view amounts) {
    return fmt::format(
        "(has(c.resources.{0}) && c.resources.{0}.exists(r, r.startsWith('nvidia.com/mig-')))",
        amounts);
  };
  return fmt::format(
      "(has(object.spec.{0}) && object.spec.{0}.exists(c, has(c.resources) && ({1} || {2})))", list,
      names_one("limits"), names_one("requests"));
}

std::string has_owner_or_probe() {
  return fmt::format(
      "(has(object.metadata.ownerReferences) && size(object.metadata.ownerReferences) > 0) || "
      "(has(object.metadata.annotations) && '{}' in object.metadata.annotations)",
      cluster::kProbeAnnotation);
}

json::array match_conditions() {
  return {{{"name", "asks-for-mig"},
           {"expression", asks_for_mig("containers") + " || " + asks_for_mig("initContainers")}},
          {{"name", "has-owner-or-probe"}, {"expression", has_owner_or_probe()}}};
}

json::object client_config(const WebhookAddress& address, const std::string& ca_bundle_pem) {
  json::object config;
  if (!ca_bundle_pem.empty()) config["caBundle"] = to_base64(ca_bundle_pem);
  if (!address.url.empty()) {
    config["url"] = address.url + std::string(kWebhookPath);
    return config;
  }
  config["service"] = {{"namespace", address.service_namespace},
                       {"name", address.service_name},
                       {"path", kWebhookPath},
                       {"port", address.service_port}};
  return config;
}

json::array pod_creation_rules() {
  return {{{"apiGroups", json::array{""}},
           {"apiVersions", json::array{"v1"}},
           {"operations", json::array{"CREATE"}},
           {"resources", json::array{"pods"}},
           {"scope", "Namespaced"}}};
}

/// Pods of kube-system must start whatever happens to us.
json::object other_than_kube_system() {
  return {{"matchExpressions", json::array{{{"key", "kubernetes.io/metadata.name"},
                                            {"operator", "NotIn"},
                                            {"values", json::array{"kube-system"}}}}}};
}

json::object webhook(const WebhookAddress& address, const std::string& ca_bundle_pem) {
  return {{"name", "pods.migadapter.io"},
          {"admissionReviewVersions", json::array{"v1"}},
          {"clientConfig", client_config(address, ca_bundle_pem)},
          {"rules", pod_creation_rules()},
          {"matchConditions", match_conditions()},
          {"namespaceSelector", other_than_kube_system()},
          {"matchPolicy", "Equivalent"},
          {"failurePolicy", "Ignore"},
          {"reinvocationPolicy", "IfNeeded"},
          {"sideEffects", "None"},
          {"timeoutSeconds", kTimeoutSeconds}};
}

json::object probe_container() {
  const json::object amounts{{"cpu", "10m"}, {"memory", "16Mi"}, {"nvidia.com/mig-1g.5gb", "1"}};
  return {
      {"name", "probe"},
      {"image", "registry.k8s.io/pause:3.10"},
      {"resources", {{"limits", amounts}, {"requests", amounts}}},
      {"securityContext",
       {{"allowPrivilegeEscalation", false}, {"capabilities", {{"drop", json::array{"ALL"}}}}}}};
}

/// The text at a JSON pointer (RFC 6901); empty when there is none.
std::string text_at(std::string_view document, std::string_view pointer) {
  json::error_code failure;
  const json::value parsed = json::parse(document, failure);
  if (failure) return {};
  const json::value* found = parsed.find_pointer(pointer, failure);
  if (found == nullptr || !found->is_string()) return {};
  return std::string(found->get_string());
}

}  // namespace

std::string encode_webhook_configuration(const WebhookAddress& address,
                                         const std::string& ca_bundle_pem) {
  return json::serialize(json::object{{"apiVersion", "admissionregistration.k8s.io/v1"},
                                      {"kind", "MutatingWebhookConfiguration"},
                                      {"metadata", {{"name", kWebhookConfigurationName}}},
                                      {"webhooks", json::array{webhook(address, ca_bundle_pem)}}});
}

std::string encode_probe_pod(const std::string& name_space, const std::string& nonce) {
  const json::object spec{
      {"automountServiceAccountToken", false},
      {"restartPolicy", "Never"},
      {"securityContext",
       {{"runAsNonRoot", true}, {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
      {"containers", json::array{probe_container()}}};
  return json::serialize(
      json::object{{"apiVersion", "v1"},
                   {"kind", "Pod"},
                   {"metadata",
                    {{"generateName", "mig-adapter-probe-"},
                     {"namespace", name_space},
                     {"annotations", json::object{{cluster::kProbeAnnotation, nonce}}}}},
                   {"spec", spec}});
}

std::string decode_resource_version(std::string_view configuration) {
  return text_at(configuration, "/metadata/resourceVersion");
}

std::string decode_ca_bundle(std::string_view configuration) {
  return from_base64(text_at(configuration, "/webhooks/0/clientConfig/caBundle")).value_or("");
}

std::string decode_probe_answer(std::string_view pod) {
  // In a JSON pointer "/" of a key is written "~1".
  std::string pointer = "/metadata/annotations/" + std::string(cluster::kProbeAnswerAnnotation);
  pointer.replace(pointer.rfind('/'), 1, "~1");
  return text_at(pod, pointer);
}

}  // namespace migadapter::kube
