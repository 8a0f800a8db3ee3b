// Access with the service account that a cluster gives every pod.
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "kube/access.h"

namespace migadapter::kube {

/// What the kubelet puts into a pod: two variables and a folder.
struct PodSurroundings {
  std::string host;  ///< KUBERNETES_SERVICE_HOST: a name, an IPv4 or an IPv6 address
  std::string port;  ///< KUBERNETES_SERVICE_PORT
  std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};

/// in_cluster_access for given surroundings. Errors: not_found where a part is missing.
base::Result<Access> access_from_pod(const PodSurroundings& surroundings, const base::Clock& clock);

}  // namespace migadapter::kube
