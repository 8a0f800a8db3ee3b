#include "kube/credentials/kubeconfig_file.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <optional>
#include <sstream>

#include "kube/codec/base64.h"
#include "kube/credentials/credential_file.h"

namespace migadapter::kube {
namespace {

/// Aliases repeat a part of a file. Real kubeconfigs have few or none; a file with many is an
/// attempt to make a small text expand without end.
constexpr int kMostAliases = 100;

/// Counts aliases and nothing else, so that a text can be refused before it is built.
class AliasCounter final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { ++count; }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  int count = 0;
};

/// A field that is wrong. Thrown within this file only, so that reading reads as a list of fields.
struct FieldProblem {
  base::Error error;
};

/// One mapping of the file and where it stands.
class Section {
 public:
  Section(const YAML::Node& node, FieldPlace place) : node_(node), place_(std::move(place)) {
    if (node_.IsDefined() && !node_.IsNull() && !node_.IsMap()) {
      throw FieldProblem{
          base::Error(base::ErrorCode::invalid_argument,
                      fmt::format("{}: {}: must be a mapping", place_.file, place_.field))};
    }
  }

  const FieldPlace& place() const { return place_; }
  bool has(const char* name) const { return field(name).has_value(); }
  [[noreturn]] void fail(const char* name, std::string_view problem) const {
    throw FieldProblem{field_error(place_, name, problem)};
  }

  std::string text(const char* name) const {
    const auto node = field(name);
    if (!node) return {};
    if (!node->IsScalar()) fail(name, "must be text");
    return node->Scalar();
  }

  std::string required_text(const char* name) const {
    std::string value = text(name);
    if (value.empty()) fail(name, "is required");
    return value;
  }

  bool flag(const char* name) const {
    const std::string value = text(name);
    if (value.empty() || value == "false") return false;
    if (value != "true") fail(name, "must be true or false");
    return true;
  }

  /// Base64 of PEM.
  std::string pem(const char* name) const {
    const std::string encoded = text(name);
    const auto decoded = from_base64(encoded);
    if (!decoded) fail(name, "is not base64");
    if (!encoded.empty() && decoded->find("-----BEGIN ") == std::string::npos) {
      fail(name, "does not hold PEM");
    }
    return *decoded;
  }

  /// A path, relative to the folder of the kubeconfig.
  std::string path(const char* name) const {
    const std::string value = text(name);
    if (value.empty()) return {};
    return (std::filesystem::path(place_.file).parent_path() / value).lexically_normal().string();
  }

  Section section(const char* name) const {
    return Section(field(name).value_or(YAML::Node()), place_of(name));
  }

  /// The entries of a list.
  std::vector<Section> sections(const char* name) const {
    std::vector<Section> entries;
    for (const YAML::Node& entry : list(name)) {
      entries.emplace_back(entry, place_of(fmt::format("{}[{}]", name, entries.size())));
    }
    return entries;
  }

  std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> values;
    for (const YAML::Node& entry : list(name)) {
      if (!entry.IsScalar()) fail(name, "must be a list of texts");
      values.push_back(entry.Scalar());
    }
    return values;
  }

 private:
  std::optional<YAML::Node> field(const char* name) const {
    if (!node_.IsMap()) return std::nullopt;
    const YAML::Node& map = node_;  // of a mutable node, [] would create the field
    YAML::Node found = map[name];
    if (!found.IsDefined() || found.IsNull()) return std::nullopt;
    return found;
  }

  std::vector<YAML::Node> list(const char* name) const {
    const auto node = field(name);
    if (!node) return {};
    if (!node->IsSequence()) fail(name, "must be a list");
    return {node->begin(), node->end()};
  }

  FieldPlace place_of(std::string_view name) const {
    const std::string prefix = place_.field.empty() ? "" : place_.field + ".";
    return {place_.file, prefix + std::string(name)};
  }

  YAML::Node node_;
  FieldPlace place_;
};

KubeconfigCluster read_cluster(const Section& entry) {
  const Section cluster = entry.section("cluster");
  KubeconfigCluster read;
  read.name = entry.required_text("name");
  read.server = cluster.text("server");
  read.tls_server_name = cluster.text("tls-server-name");
  read.insecure_skip_tls_verify = cluster.flag("insecure-skip-tls-verify");
  read.certificate_authority = cluster.path("certificate-authority");
  read.certificate_authority_data = cluster.pem("certificate-authority-data");
  read.proxy_url = cluster.text("proxy-url");
  read.place = cluster.place();
  return read;
}

/// kubectl takes a command with a slash as a path next to the file, and searches $PATH for others.
std::string command_of(const Section& exec) {
  const std::string command = exec.required_text("command");
  return command.find('/') == std::string::npos ? command : exec.path("command");
}

KubeconfigExec read_exec(const Section& exec) {
  KubeconfigExec read;
  read.api_version = exec.required_text("apiVersion");
  read.command = command_of(exec);
  read.arguments = exec.texts("args");
  for (const Section& variable : exec.sections("env")) {
    read.environment.emplace_back(variable.required_text("name"), variable.text("value"));
  }
  read.install_hint = exec.text("installHint");
  read.interactive_mode = exec.text("interactiveMode");
  read.provide_cluster_info = exec.flag("provideClusterInfo");
  return read;
}

std::string unsupported_field_of(const Section& user) {
  for (const char* name :
       {"auth-provider", "username", "password", "as", "as-uid", "as-groups", "as-user-extra"}) {
    if (user.has(name)) return name;
  }
  return {};
}

KubeconfigUser read_user(const Section& entry) {
  const Section user = entry.section("user");
  KubeconfigUser read;
  read.name = entry.required_text("name");
  read.token = user.text("token");
  read.token_file = user.path("tokenFile");
  read.client_certificate = user.path("client-certificate");
  read.client_certificate_data = user.pem("client-certificate-data");
  read.client_key = user.path("client-key");
  read.client_key_data = user.pem("client-key-data");
  read.has_exec = user.has("exec");
  if (read.has_exec) read.exec = read_exec(user.section("exec"));
  read.unsupported_field = unsupported_field_of(user);
  read.place = user.place();
  return read;
}

KubeconfigContext read_context(const Section& entry) {
  const Section context = entry.section("context");
  KubeconfigContext read;
  read.name = entry.required_text("name");
  read.cluster = context.text("cluster");
  read.user = context.text("user");
  read.name_space = context.text("namespace");
  read.place = context.place();
  return read;
}

Kubeconfig read_kubeconfig(const Section& file) {
  const std::string kind = file.text("kind");
  if (!kind.empty() && kind != "Config") file.fail("kind", "must be Config");
  Kubeconfig read;
  read.current_context = file.text("current-context");
  for (const Section& entry : file.sections("clusters")) {
    read.clusters.push_back(read_cluster(entry));
  }
  for (const Section& entry : file.sections("users")) read.users.push_back(read_user(entry));
  for (const Section& entry : file.sections("contexts")) {
    read.contexts.push_back(read_context(entry));
  }
  return read;
}

int alias_count(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  AliasCounter counter;
  // Only the first document is read. Asked for more, yaml-cpp 0.7 can repeat a bad one for ever.
  parser.HandleNextDocument(counter);
  return counter.count;
}

}  // namespace

base::Error field_error(const FieldPlace& place, std::string_view name, std::string_view problem) {
  const std::string_view separator = place.field.empty() || name.empty() ? "" : ".";
  return base::Error(
      base::ErrorCode::invalid_argument,
      fmt::format("{}: {}{}{}: {}", place.file, place.field, separator, name, problem));
}

base::Result<Kubeconfig> parse_kubeconfig(const std::string& text, const std::string& file) {
  const auto refuse = [&file](std::string_view problem) {
    return base::Error(base::ErrorCode::invalid_argument, fmt::format("{}: {}", file, problem));
  };
  if (text.size() > kMostCredentialFileBytes) return refuse("is too large for a kubeconfig");
  try {
    if (alias_count(text) > kMostAliases) return refuse("has too many YAML aliases");
    const YAML::Node root = YAML::Load(text);
    if (root.IsDefined() && !root.IsNull() && !root.IsMap()) return refuse("is not a kubeconfig");
    return read_kubeconfig(Section(root, {file, ""}));
  } catch (const FieldProblem& problem) {
    return problem.error;
  } catch (const YAML::Exception& problem) {
    return refuse(problem.what());
  }
}

}  // namespace migadapter::kube
