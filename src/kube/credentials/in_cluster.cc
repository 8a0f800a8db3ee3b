#include "kube/credentials/in_cluster.h"

#include <cstdlib>

#include "kube/credentials/credential_file.h"
#include "kube/credentials/identity_sources.h"

namespace migadapter::kube {
namespace {

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

base::Result<Access> access_from_pod(const PodSurroundings& surroundings,
                                     const base::Clock& clock) {
  if (surroundings.host.empty() || surroundings.port.empty()) {
    return base::Error(base::ErrorCode::not_found,
                       "not running in a cluster: KUBERNETES_SERVICE_HOST and "
                       "KUBERNETES_SERVICE_PORT are not both set");
  }
  Access access;
  access.server = "https://" + bracketed(surroundings.host) + ":" + surroundings.port;
  const FixedCredentials credentials{
      .token = {.value = {}, .file = surroundings.folder + "/token"}, .certificate = {}, .key = {}};
  access.identity = make_fixed_identity(credentials, clock);
  access.trust = make_trust({.value = {}, .file = surroundings.folder + "/ca.crt"}, clock);
  if (const auto identity = access.identity->current(); !identity.ok()) return identity.error();
  if (const auto trust = access.trust->current(); !trust.ok())
    return trust.error().with_context("reading the cluster's certificate authorities");
  const auto name_space = read_credential_file(surroundings.folder + "/namespace");
  if (name_space.ok()) access.default_namespace = trimmed(*name_space);
  return access;
}

base::Result<Access> in_cluster_access(const base::Clock& clock) {
  PodSurroundings surroundings;
  surroundings.host = environment_variable("KUBERNETES_SERVICE_HOST");
  surroundings.port = environment_variable("KUBERNETES_SERVICE_PORT");
  return access_from_pod(surroundings, clock);
}

}  // namespace migadapter::kube
