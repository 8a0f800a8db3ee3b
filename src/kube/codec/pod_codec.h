// core/v1 Pod -> cluster::Pod.
#pragma once

#include <memory>

#include "base/name.h"
#include "cluster/pod.h"
#include "kube/codec/constraint_codec.h"
#include "kube/codec/grant_codec.h"
#include "kube/codec/json_reader.h"
#include "kube/codec/resource_pool.h"

namespace migadapter::kube {

/// Reads pods. What only matters to a pod that may be moved (most of its constraints and its record
/// of a grant) is kept only for pods that ask for a MIG instance; most others share one empty set
/// of constraints. Confined to one thread.
class PodCodec {
 public:
  explicit PodCodec(base::NamePool& names);

  /// Fields of a wrong type are noted as the document's problem; the pod is then of no use.
  cluster::Pod decode(JsonField object);

 private:
  void decode_neighbourhood(JsonField object, cluster::Pod& pod);

  base::NamePool& names_;
  GrantCodec grants_;
  ConstraintsPool constraints_;
  LabelsPool labels_;
  ResourcePool requests_;
  const std::shared_ptr<const cluster::Constraints> no_constraints_;
};

}  // namespace migadapter::kube
