// core/v1 Namespace -> cluster::Namespace.
#pragma once

#include "base/name.h"
#include "cluster/namespace.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// An opt-out may be an annotation, as on pods and owners, or a label: administrators steer
/// namespaces by labels (Pod Security, sidecar injection), and one that is written there must not
/// be passed over. The annotation goes before the label of the same name.
cluster::Namespace decode_namespace(JsonField object, base::NamePool& names);

}  // namespace migadapter::kube
