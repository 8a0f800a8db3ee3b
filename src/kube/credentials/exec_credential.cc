#include "kube/credentials/exec_credential.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "kube/codec/base64.h"
#include "kube/codec/timestamp.h"

namespace migadapter::kube {
namespace {

base::Error problem(std::string_view text) {
  return base::Error(base::ErrorCode::invalid_argument, fmt::format("ExecCredential: {}", text));
}

/// The text of a field; empty when it is absent or something else.
std::string text_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

const boost::json::object* object_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

base::Result<Identity> identity_of(const boost::json::object& status) {
  Identity identity;
  identity.bearer_token = text_of(status, "token");
  const std::string certificate = text_of(status, "clientCertificateData");
  const std::string key = text_of(status, "clientKeyData");
  if (certificate.empty() != key.empty()) {
    return problem("status must have both or neither of clientCertificateData and clientKeyData");
  }
  if (!certificate.empty()) identity.certificate = ClientCertificate{certificate, key};
  if (identity.bearer_token.empty() && certificate.empty()) {
    return problem("status has neither token nor clientCertificateData");
  }
  return identity;
}

base::Result<ExecCredential> credential_of(const boost::json::object& status) {
  const auto identity = identity_of(status);
  if (!identity.ok()) return identity.error();
  ExecCredential credential{*identity, std::nullopt};
  const std::string expiration = text_of(status, "expirationTimestamp");
  if (expiration.empty()) return credential;
  const auto expires = parse_timestamp(expiration);
  if (!expires.ok()) return expires.error().with_context("status.expirationTimestamp");
  credential.expires = *expires;
  return credential;
}

boost::json::object cluster_json(const ExecClusterInfo& cluster) {
  boost::json::object json{{"server", cluster.server}};
  if (!cluster.tls_server_name.empty()) json["tls-server-name"] = cluster.tls_server_name;
  if (cluster.insecure_skip_tls_verify) json["insecure-skip-tls-verify"] = true;
  if (!cluster.certificate_authority_pem.empty()) {
    json["certificate-authority-data"] = to_base64(cluster.certificate_authority_pem);
  }
  return json;
}

}  // namespace

std::string encode_exec_info(std::string_view api_version, bool interactive,
                             const std::optional<ExecClusterInfo>& cluster) {
  boost::json::object spec{{"interactive", interactive}};
  if (cluster.has_value()) spec["cluster"] = cluster_json(*cluster);
  return boost::json::serialize(boost::json::object{
      {"apiVersion", api_version}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}});
}

base::Result<ExecCredential> decode_exec_credential(std::string_view text,
                                                    std::string_view api_version) {
  boost::json::error_code failure;
  const boost::json::value json = boost::json::parse(text, failure);
  if (failure) return problem("is not JSON: " + failure.message());
  const boost::json::object* credential = json.if_object();
  if (credential == nullptr) return problem("is not a JSON object");
  if (text_of(*credential, "kind") != "ExecCredential") {
    return problem("kind must be ExecCredential");
  }
  const std::string given = text_of(*credential, "apiVersion");
  if (given != api_version) {
    return problem(
        fmt::format("apiVersion is \"{}\" but the kubeconfig asks for \"{}\"", given, api_version));
  }
  const boost::json::object* status = object_of(*credential, "status");
  if (status == nullptr) return problem("status is missing");
  return credential_of(*status);
}

}  // namespace migadapter::kube
