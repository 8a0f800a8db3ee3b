// A class of devices that pods claim (dynamic resource allocation).
#pragma once

#include "base/name.h"

namespace migadapter::cluster {

/// A DeviceClass of resource.k8s.io.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
struct DeviceClass {
  base::Name name;
  base::Name extended_resource;  ///< spec.extendedResourceName: pods that ask for it get a claim
  friend bool operator==(const DeviceClass&, const DeviceClass&) = default;
};

}  // namespace migadapter::cluster
