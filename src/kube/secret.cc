#include "kube/secret.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <utility>

#include "kube/codec/base64.h"
#include "kube/codec/json_reader.h"
#include "kube/transport/api_status.h"
#include "kube/transport/blocking_call.h"

namespace migadapter::kube {
namespace {

namespace json = boost::json;

std::string path_of(const SecretName& name, bool of_collection) {
  const std::string path = fmt::format("/api/v1/namespaces/{}/secrets", name.name_space);
  return of_collection ? path : path + "/" + name.name;
}

std::string in_words(const char* act, const SecretName& name) {
  return fmt::format("{} Secret {}/{}", act, name.name_space, name.name);
}

base::Error unreadable(std::string_view problem) {
  return {base::ErrorCode::invalid_argument, fmt::format("Secret: {}", problem)};
}

}  // namespace

std::string encode_secret(const SecretName& name, const Secret& secret) {
  json::object metadata{{"name", name.name},
                        {"namespace", name.name_space},
                        {"labels", json::object{{kManagedByLabel, kManagedByUs}}}};
  if (!secret.resource_version.empty()) metadata["resourceVersion"] = secret.resource_version;
  json::object data;
  for (const auto& [key, bytes] : secret.data) data[key] = to_base64(bytes);
  return json::serialize(json::object{{"apiVersion", "v1"},
                                      {"kind", "Secret"},
                                      {"metadata", std::move(metadata)},
                                      {"type", "Opaque"},
                                      {"data", std::move(data)}});
}

base::Result<Secret> decode_secret(std::string_view body) {
  JsonReader reader;
  const auto root = reader.read(body);
  if (!root.ok()) return root.error().with_context("Secret");
  const JsonField metadata = root->at("metadata");
  Secret secret;
  secret.resource_version = metadata.at("resourceVersion").text();
  secret.is_ours = metadata.at("labels").at(kManagedByLabel).text() == kManagedByUs;
  for (const auto& [key, value] : root->at("data").entries()) {
    auto bytes = from_base64(value.text());
    if (bytes.has_value()) {
      secret.data.emplace(key, *std::move(bytes));
    } else {
      value.complain("is not base64");
    }
  }
  if (reader.problem()) return unreadable(*reader.problem());
  if (secret.resource_version.empty()) return unreadable("metadata.resourceVersion is missing");
  return secret;
}

base::Result<Secret> read_secret(HttpTransport& transport, const SecretName& name) {
  HttpRequest request;
  request.path = path_of(name, false);
  request.timeout = kSecretTimeout;
  const auto answer = send_and_wait(transport, std::move(request));
  const std::string what = in_words("reading", name);
  if (base::Status status = status_of(answer, what); !status.ok()) return status.error();
  auto secret = decode_secret(answer->body);
  return secret.ok() ? secret : secret.error().with_context(what);
}

base::Status write_secret(HttpTransport& transport, const SecretName& name, const Secret& secret) {
  const bool creates = secret.resource_version.empty();
  HttpRequest request;
  request.method = creates ? "POST" : "PUT";
  request.path = path_of(name, creates);
  request.timeout = kSecretTimeout;
  request.body = encode_secret(name, secret);
  return status_of(send_and_wait(transport, std::move(request)),
                   in_words(creates ? "creating" : "replacing", name));
}

}  // namespace migadapter::kube
