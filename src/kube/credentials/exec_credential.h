// ExecCredential, what we and a credential plugin say to each other.
// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "kube/access.h"

namespace migadapter::kube {

/// The cluster as a plugin is told about it.
struct ExecClusterInfo {
  std::string server;
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  std::string certificate_authority_pem;
};

/// The value of KUBERNETES_EXEC_INFO.
std::string encode_exec_info(std::string_view api_version, bool interactive,
                             const std::optional<ExecClusterInfo>& cluster);

struct ExecCredential {
  Identity identity;
  std::optional<base::WallTime> expires;
};

/// Reads what a plugin printed. Errors: invalid_argument naming the field; no message holds a
/// credential.
base::Result<ExecCredential> decode_exec_credential(std::string_view text,
                                                    std::string_view api_version);

}  // namespace migadapter::kube
