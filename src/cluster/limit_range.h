// What each pod and container of a namespace may ask for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/name.h"

namespace migadapter::cluster {

/// What a LimitRange says of one resource. A resource with a least or a most *must* be asked for,
/// by every container or by the pod; one with a default is added to each container that does not.
struct ResourceBounds {
  bool whole_pod = false;  ///< type Pod, else Container
  base::Name resource;
  std::optional<std::int64_t> least;
  std::optional<std::int64_t> most;
  friend bool operator==(const ResourceBounds&, const ResourceBounds&) = default;
};

/// A LimitRange without what it says of volume claims.
/// https://kubernetes.io/docs/concepts/policy/limit-range/
struct LimitRange {
  base::Name name_space;
  std::string name;
  base::Name uid;
  std::vector<ResourceBounds> bounds;
  friend bool operator==(const LimitRange&, const LimitRange&) = default;
};

}  // namespace migadapter::cluster
