// What a pod's spec demands of its node, and which scheduling features it uses that we do not
// model.
#pragma once

#include "base/name.h"
#include "cluster/constraints.h"
#include "kube/codec/affinity_codec.h"
#include "kube/codec/constraint_hash.h"
#include "kube/codec/json_reader.h"
#include "kube/codec/shared_pool.h"

namespace migadapter::kube {

/// Reads everything that can keep a pod off a node; what we do not model is listed as such.
cluster::Constraints decode_constraints(JsonField spec, TermOwner owner, base::NamePool& names);

/// Reads what of it keeps others off the pod's node: required anti-affinity and ports of the host.
cluster::Constraints decode_claims_on_neighbours(JsonField spec, TermOwner owner,
                                                 base::NamePool& names);

using ConstraintsPool = SharedPool<cluster::Constraints, ConstraintsHash>;
using LabelsPool = SharedPool<cluster::Labels, LabelsHash>;

}  // namespace migadapter::kube
