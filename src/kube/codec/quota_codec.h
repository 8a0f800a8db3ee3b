// core/v1 ResourceQuota -> cluster::ResourceQuota.
#pragma once

#include "base/name.h"
#include "cluster/quota.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// Where spec and status differ because the quota controller has not caught up, the lower amount is
/// taken: the API server goes by the status.
cluster::ResourceQuota decode_resource_quota(JsonField object, base::NamePool& names);

}  // namespace migadapter::kube
