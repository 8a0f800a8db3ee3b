// Credentials from a program that the kubeconfig names, as cloud providers ship them.
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "kube/access.h"
#include "kube/credentials/child_process.h"
#include "kube/credentials/exec_credential.h"

namespace migadapter::kube {

enum class InteractiveMode { never, if_available, always };

struct ExecPlugin {
  std::string api_version;  ///< client.authentication.k8s.io/v1 or v1beta1
  ProgramCall program;
  InteractiveMode interactive_mode = InteractiveMode::if_available;
  std::string install_hint;
  std::optional<ExecClusterInfo> cluster;  ///< where the plugin is to be told about it
};

/// Runs the plugin when there is no credential, when it has expired and when it was rejected.
std::shared_ptr<IdentitySource> make_exec_identity(ExecPlugin plugin, const base::Clock& clock);

}  // namespace migadapter::kube
