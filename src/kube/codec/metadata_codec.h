// What every object's metadata says.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/constraints.h"
#include "cluster/opt_out.h"
#include "cluster/pod.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// The reference with controller=true.
std::optional<cluster::OwnerReference> decode_controller(JsonField metadata, base::NamePool& names);

/// A map of strings, ordered by key.
cluster::Labels decode_labels(JsonField map, base::NamePool& names);

/// The epoch when absent; what is no time is noted as the document's problem.
base::WallTime decode_time(JsonField time);

/// The opt-outs among annotations, or labels.
cluster::OptOuts decode_opt_outs(JsonField map, base::NamePool& names);

}  // namespace migadapter::kube
