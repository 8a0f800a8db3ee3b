// core/v1 Node -> cluster::Node.
#pragma once

#include "base/name.h"
#include "cluster/node.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// Fields of a wrong type are noted as the document's problem; the node is then of no use.
cluster::Node decode_node(JsonField object, base::NamePool& names);

}  // namespace migadapter::kube
