// apps/v1 ReplicaSet and StatefulSet, core/v1 ReplicationController, batch/v1 Job ->
// cluster::Owner.
#pragma once

#include "base/name.h"
#include "cluster/owner.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// Fields of a wrong type are noted as the document's problem; the owner is then of no use.
cluster::Owner decode_owner(cluster::OwnerKind kind, JsonField object, base::NamePool& names);

}  // namespace migadapter::kube
