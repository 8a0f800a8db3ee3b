// A pod under admission review, and the change to make to it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cluster/pod.h"

namespace migadapter::cluster {

/// One container of the pod under review that asks for MIG resources, with its place in the object.
/// A container that asks for several resources appears once for each.
struct ReviewedContainer {
  bool init = false;      ///< in spec.initContainers, else spec.containers
  std::size_t index = 0;  ///< in that list
  MigRequest request;
  bool in_limits = false;    ///< the resource is a key of resources.limits
  bool in_requests = false;  ///< … and of resources.requests
  friend bool operator==(const ReviewedContainer&, const ReviewedContainer&) = default;
};

/// The facts of a pod at CREATE. UID and, with generateName, the name do not exist yet.
/// https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/handlers/create.go
struct ReviewedPod {
  base::Name name_space;  ///< the request's, which is authoritative
  std::string name;       ///< empty with generateName
  std::optional<OwnerReference> owner;
  std::string completion_index;               ///< of a pod of an Indexed Job
  std::vector<ReviewedContainer> containers;  ///< init containers first, in the pod's order
  bool has_annotations = false;               ///< metadata.annotations exists
  bool has_grant_annotation = false;          ///< we have been here before: reinvocation
  std::string probe;                          ///< the value of the probe annotation; empty without
  friend bool operator==(const ReviewedPod&, const ReviewedPod&) = default;
};

/// One operation of RFC 6902, with the value as a JSON text.
struct PatchOperation {
  std::string op;
  std::string path;
  std::string value_json;  ///< empty for remove
  friend bool operator==(const PatchOperation&, const PatchOperation&) = default;
};

}  // namespace migadapter::cluster
