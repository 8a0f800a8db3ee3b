// From kubeconfig files to one Access: merge, choose a context, check, build.
#include <fmt/format.h>

#include <cstdlib>
#include <iterator>
#include <sstream>

#include "kube/access.h"
#include "kube/credential_file.h"
#include "kube/exec_plugin.h"
#include "kube/identity_sources.h"
#include "kube/kubeconfig_file.h"

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

template <typename Entry>
const Entry* find_entry(const std::vector<Entry>& entries, const std::string& name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

/// Adds what `from` has under names that are not taken: the first file to set a name wins.
template <typename Entry>
void merge_entries(std::vector<Entry>& into, std::vector<Entry> from) {
  for (Entry& entry : from) {
    if (find_entry(into, entry.name) == nullptr) into.push_back(std::move(entry));
  }
}

void merge(Kubeconfig& into, Kubeconfig from) {
  if (into.current_context.empty()) into.current_context = std::move(from.current_context);
  merge_entries(into.clusters, std::move(from.clusters));
  merge_entries(into.users, std::move(from.users));
  merge_entries(into.contexts, std::move(from.contexts));
}

/// Missing files are skipped as long as one is there, as kubectl does.
base::Result<Kubeconfig> read_merged(const std::vector<std::string>& files) {
  Kubeconfig merged;
  bool any = false;
  for (const std::string& file : files) {
    const auto text = read_credential_file(file);
    if (!text.ok() && text.error().code() == base::ErrorCode::not_found) continue;
    if (!text.ok()) return text.error();
    auto parsed = parse_kubeconfig(*text, file);
    if (!parsed.ok()) return parsed.error();
    merge(merged, std::move(*parsed));
    any = true;
  }
  if (any) return merged;
  return base::Error(base::ErrorCode::not_found,
                     fmt::format("{}: no such kubeconfig file", fmt::join(files, ", ")));
}

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

base::Status check(const KubeconfigExec& exec, const FieldPlace& user) {
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
  return user.has_exec ? check(user.exec, user.place) : base::Status();
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
  if (const base::Status status = check(*user); !status.ok()) return status.error();
  const auto identity =
      user->has_exec ? exec_identity_of(*user, *access, clock) : fixed_identity_of(*user, clock);
  if (!identity.ok()) return identity.error();
  access->identity = *identity;
  if (!context.name_space.empty()) access->default_namespace = context.name_space;
  return access;
}

}  // namespace

base::Result<Access> load_kubeconfig(const std::string& path, const std::string& context,
                                     const base::Clock& clock) {
  const std::vector<std::string> files = files_to_read(path);
  const base::Result<Kubeconfig> config = read_merged(files);
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
