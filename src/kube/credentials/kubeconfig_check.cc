#include "kube/credentials/kubeconfig_check.h"

#include <fmt/format.h>

namespace migadapter::kube {
namespace {

/// "http(s)://host[:port][/path]", nothing else: no user, query or white space.
bool is_server_url(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return false;
  const std::string_view name = std::string_view(url).substr(0, scheme);
  const std::string_view rest = std::string_view(url).substr(scheme + 3);
  if (name != "https" && name != "http") return false;
  if (rest.empty() || rest.front() == '/' || rest.front() == ':') return false;
  for (const char c : rest) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '@' || c == '?' || c == '#') return false;
  }
  return true;
}

base::Status check_exec(const KubeconfigExec& exec, const FieldPlace& user) {
  const FieldPlace place{user.file, user.field + ".exec"};
  if (exec.api_version != "client.authentication.k8s.io/v1" &&
      exec.api_version != "client.authentication.k8s.io/v1beta1") {
    return field_error(place, "apiVersion",
                       fmt::format("\"{}\" is neither client.authentication.k8s.io/v1 nor "
                                   "client.authentication.k8s.io/v1beta1",
                                   exec.api_version));
  }
  const std::string& mode = exec.interactive_mode;
  if (mode.empty() && exec.api_version.ends_with("/v1")) {
    return field_error(place, "interactiveMode", "is required for v1");
  }
  if (!mode.empty() && mode != "Never" && mode != "IfAvailable" && mode != "Always") {
    return field_error(place, "interactiveMode", "must be Never, IfAvailable or Always");
  }
  return {};
}

}  // namespace

base::Status check(const KubeconfigCluster& cluster) {
  if (cluster.server.empty()) return field_error(cluster.place, "server", "is required");
  if (!is_server_url(cluster.server)) {
    return field_error(cluster.place, "server",
                       fmt::format("\"{}\" is not https://HOST:PORT", cluster.server));
  }
  if (!cluster.proxy_url.empty()) {
    return field_error(cluster.place, "proxy-url", "proxies are not supported; remove the field");
  }
  const bool has_authority =
      !cluster.certificate_authority.empty() || !cluster.certificate_authority_data.empty();
  if (cluster.insecure_skip_tls_verify && has_authority) {
    return field_error(cluster.place, "insecure-skip-tls-verify",
                       "excludes certificate-authority and certificate-authority-data");
  }
  return {};
}

base::Status check(const KubeconfigUser& user) {
  if (!user.unsupported_field.empty()) {
    return field_error(user.place, user.unsupported_field,
                       "is not supported; use a token, a client certificate or exec");
  }
  const bool certificate =
      !user.client_certificate.empty() || !user.client_certificate_data.empty();
  const bool key = !user.client_key.empty() || !user.client_key_data.empty();
  if (certificate && !key) return field_error(user.place, "client-key", "is required");
  if (key && !certificate) return field_error(user.place, "client-certificate", "is required");
  if (user.has_exec) return check_exec(user.exec, user.place);
  return {};
}

}  // namespace migadapter::kube
