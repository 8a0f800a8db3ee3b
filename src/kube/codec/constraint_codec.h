// What a pod's spec demands of its node, and which scheduling features it uses that we do not
// model.
#pragma once

#include <memory>
#include <unordered_map>

#include "base/name.h"
#include "cluster/constraints.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// Reads nodeSelector, required node affinity and tolerations; everything else that can keep a pod
/// off a node is listed as unmodelled.
cluster::Constraints decode_constraints(JsonField spec, base::NamePool& names);

/// Whether spec.affinity.podAntiAffinity has required terms.
bool has_required_anti_affinity(JsonField spec);

/// Whether all of them speak of pods of the pod's own namespace: no namespaces, no
/// namespaceSelector.
bool anti_affinity_stays_in_namespace(JsonField spec);

/// Gives equal constraints the same object, so that the pods of one owner share it. Confined to one
/// thread. Constraints outlive the pool.
class ConstraintsPool {
 public:
  std::shared_ptr<const cluster::Constraints> share(cluster::Constraints constraints);

  /// How many different constraints are in use or were not yet swept up.
  std::size_t size() const { return shared_.size(); }

 private:
  void sweep();

  std::unordered_multimap<std::size_t, std::weak_ptr<const cluster::Constraints>> shared_;
  std::size_t sweep_at_ = 64;
};

}  // namespace migadapter::kube
