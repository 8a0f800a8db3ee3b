// What one kubeconfig file says, before several are merged and one context is chosen.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace migadapter::kube {

/// Where a value was read, for messages: "~/.kube/config: users[0].user".
struct FieldPlace {
  std::string file;
  std::string field;
};

/// invalid_argument with the message "FILE: FIELD.NAME: PROBLEM".
base::Error field_error(const FieldPlace& place, std::string_view name, std::string_view problem);

struct KubeconfigCluster {
  std::string name;
  std::string server;
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  std::string certificate_authority;       ///< a path, absolute
  std::string certificate_authority_data;  ///< PEM, decoded
  std::string proxy_url;
  FieldPlace place;
};

struct KubeconfigExec {
  std::string api_version;
  std::string command;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string install_hint;
  std::string interactive_mode;
  bool provide_cluster_info = false;
};

struct KubeconfigUser {
  std::string name;
  std::string token;
  std::string token_file;               ///< a path, absolute
  std::string client_certificate;       ///< a path, absolute
  std::string client_certificate_data;  ///< PEM, decoded
  std::string client_key;               ///< a path, absolute
  std::string client_key_data;          ///< PEM, decoded
  bool has_exec = false;
  KubeconfigExec exec;
  std::string unsupported_field;  ///< the first field given that we do not support, or empty
  FieldPlace place;
};

struct KubeconfigContext {
  std::string name;
  std::string cluster;
  std::string user;
  std::string name_space;
  FieldPlace place;
};

struct Kubeconfig {
  std::string current_context;
  std::vector<KubeconfigCluster> clusters;
  std::vector<KubeconfigUser> users;
  std::vector<KubeconfigContext> contexts;
};

/// Parses YAML or JSON. `file` names the text in messages, and its folder is what relative paths
/// are relative to. Errors: invalid_argument naming the file and the field. Unknown fields are
/// skipped, as kubectl does.
base::Result<Kubeconfig> parse_kubeconfig(const std::string& text, const std::string& file);

}  // namespace migadapter::kube
