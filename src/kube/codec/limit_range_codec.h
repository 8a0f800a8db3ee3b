// core/v1 LimitRange -> cluster::LimitRange.
#pragma once

#include "base/name.h"
#include "cluster/limit_range.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// One ResourceBounds for each resource that an entry of type Container or Pod names in any way.
cluster::LimitRange decode_limit_range(JsonField object, base::NamePool& names);

}  // namespace migadapter::kube
