// From kubeconfig files to one Access: choose a context, check, build.
#include <fmt/format.h>

#include <cstdlib>
#include <sstream>

#include "kube/access.h"
#include "kube/credentials/exec_plugin.h"
#include "kube/credentials/identity_sources.h"
#include "kube/credentials/kubeconfig_check.h"
#include "kube/credentials/kubeconfig_file.h"
#include "kube/credentials/kubeconfig_merge.h"

namespace migadapter::kube {
namespace {

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// The files to read, first one first.
std::vector<std::string> files_to_read(const std::string& path) {
  if (!path.empty()) return {path};
  std::vector<std::string> files;
  std::istringstream list(environment_variable("KUBECONFIG"));
  for (std::string file; std::getline(list, file, ':');) {
    if (!file.empty()) files.push_back(file);
  }
  if (files.empty()) files.push_back(environment_variable("HOME") + "/.kube/config");
  return files;
}

InteractiveMode interactive_mode_of(const std::string& text) {
  if (text == "Never") return InteractiveMode::never;
  return text == "Always" ? InteractiveMode::always : InteractiveMode::if_available;
}

/// Inline data goes before a file, as with kubectl.
CredentialOrigin origin_of(const std::string& data, const std::string& file) {
  return {.value = data, .file = data.empty() ? file : std::string()};
}

base::Result<std::shared_ptr<IdentitySource>> fixed_identity_of(const KubeconfigUser& user,
                                                                const base::Clock& clock) {
  // A token file goes before a token, so that the token can be replaced.
  const CredentialOrigin token{.value = user.token_file.empty() ? user.token : std::string(),
                               .file = user.token_file};
  const FixedCredentials credentials{
      token, origin_of(user.client_certificate_data, user.client_certificate),
      origin_of(user.client_key_data, user.client_key)};
  std::shared_ptr<IdentitySource> identity = make_fixed_identity(credentials, clock);
  // Asked once here, so that a wrong path is told at start and with its place.
  const auto now = identity->current();
  if (!now.ok()) return field_error(user.place, "", now.error().message());
  return identity;
}

base::Result<std::shared_ptr<IdentitySource>> exec_identity_of(const KubeconfigUser& user,
                                                               const Access& access,
                                                               const base::Clock& clock) {
  ExecPlugin plugin;
  plugin.api_version = user.exec.api_version;
  plugin.program.program = user.exec.command;
  plugin.program.arguments = user.exec.arguments;
  plugin.program.environment = user.exec.environment;
  plugin.interactive_mode = interactive_mode_of(user.exec.interactive_mode);
  plugin.install_hint = user.exec.install_hint;
  if (user.exec.provide_cluster_info) {
    const auto authorities = access.trust->current();
    if (!authorities.ok()) return authorities.error();
    plugin.cluster = ExecClusterInfo{access.server, access.tls_server_name,
                                     access.insecure_skip_tls_verify, *authorities};
  }
  return make_exec_identity(std::move(plugin), clock);
}

base::Result<std::shared_ptr<IdentitySource>> identity_of(const KubeconfigUser& user,
                                                          const Access& access,
                                                          const base::Clock& clock) {
  if (const base::Status status = check(user); !status.ok()) return status.error();
  return user.has_exec ? exec_identity_of(user, access, clock) : fixed_identity_of(user, clock);
}

base::Result<Access> access_to(const KubeconfigCluster& cluster, const base::Clock& clock) {
  if (const base::Status status = check(cluster); !status.ok()) return status.error();
  Access access;
  access.server = cluster.server;
  while (access.server.back() == '/') access.server.pop_back();
  access.tls_server_name = cluster.tls_server_name;
  access.insecure_skip_tls_verify = cluster.insecure_skip_tls_verify;
  access.trust = make_trust(
      origin_of(cluster.certificate_authority_data, cluster.certificate_authority), clock);
  if (const auto trust = access.trust->current(); !trust.ok()) {
    return field_error(cluster.place, "certificate-authority", trust.error().message());
  }
  return access;
}

base::Result<Access> access_in(const Kubeconfig& config, const KubeconfigContext& context,
                               const base::Clock& clock) {
  const KubeconfigCluster* cluster = find_entry(config.clusters, context.cluster);
  if (cluster == nullptr) {
    return field_error(context.place, "cluster",
                       fmt::format("there is no cluster \"{}\"", context.cluster));
  }
  const KubeconfigUser anonymous;
  const KubeconfigUser* user =
      context.user.empty() ? &anonymous : find_entry(config.users, context.user);
  if (user == nullptr) {
    return field_error(context.place, "user", fmt::format("there is no user \"{}\"", context.user));
  }
  base::Result<Access> access = access_to(*cluster, clock);
  if (!access.ok()) return access;
  const auto identity = identity_of(*user, *access, clock);
  if (!identity.ok()) return identity.error();
  access->identity = *identity;
  if (!context.name_space.empty()) access->default_namespace = context.name_space;
  return access;
}

}  // namespace

base::Result<Access> load_kubeconfig(const std::string& path, const std::string& context,
                                     const base::Clock& clock) {
  const std::vector<std::string> files = files_to_read(path);
  const base::Result<Kubeconfig> config = read_merged_kubeconfig(files);
  if (!config.ok()) return config.error();
  const std::string& name = context.empty() ? config->current_context : context;
  const std::string all_files = fmt::format("{}", fmt::join(files, ":"));
  if (name.empty()) {
    return field_error({all_files, ""}, "current-context", "is not set and no context was named");
  }
  const KubeconfigContext* chosen = find_entry(config->contexts, name);
  if (chosen == nullptr) {
    return field_error({all_files, ""}, "contexts", fmt::format("there is no \"{}\"", name));
  }
  return access_in(*config, *chosen, clock);
}

}  // namespace migadapter::kube
