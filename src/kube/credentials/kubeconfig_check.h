// Whether the chosen entries of a kubeconfig make sense. Entries that are not chosen are not
// checked, because another program may understand them.
#pragma once

#include "base/result.h"
#include "kube/credentials/kubeconfig_file.h"

namespace migadapter::kube {

/// Errors: invalid_argument naming the file and the field.
base::Status check(const KubeconfigCluster& cluster);
base::Status check(const KubeconfigUser& user);

}  // namespace migadapter::kube
