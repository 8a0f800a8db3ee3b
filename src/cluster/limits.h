// The limits an administrator sets on a namespace.
#pragma once

#include <string>
#include <vector>

#include "base/name.h"

namespace migadapter::cluster {

/// A ResourceQuota or LimitRange, reduced to the resources it limits. No headroom is computed from
/// it yet: a pod whose demand or grant is limited is not provably admitted
/// (https://kubernetes.io/docs/concepts/policy/resource-quotas/).
struct NamespaceLimit {
  base::Name name_space;
  std::string name;
  base::Name uid;
  std::vector<base::Name> resources;  ///< without the "requests." prefix
  friend bool operator==(const NamespaceLimit&, const NamespaceLimit&) = default;
};

}  // namespace migadapter::cluster
