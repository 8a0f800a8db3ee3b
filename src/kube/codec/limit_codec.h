// core/v1 ResourceQuota and LimitRange -> cluster::NamespaceLimit.
#pragma once

#include "base/name.h"
#include "cluster/limits.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// The keys of spec.hard, scoped or not.
cluster::NamespaceLimit decode_resource_quota(JsonField object, base::NamePool& names);

/// Every resource that has a default, a default request, a minimum, a maximum or a ratio.
cluster::NamespaceLimit decode_limit_range(JsonField object, base::NamePool& names);

}  // namespace migadapter::kube
