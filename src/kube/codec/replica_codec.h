// The Lease of a webhook's replica -> cluster::Replica, and back.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/replica.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

cluster::Replica decode_replica(JsonField object, base::NamePool& names);

/// The Lease as it should be, `replica` apart from uid and resource_version renewed at `now`: the
/// body to create it with, and a merge patch to renew it.
std::string encode_replica(const cluster::Replica& replica, base::WallTime now);

}  // namespace migadapter::kube
