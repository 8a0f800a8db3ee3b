// migadapter.io/v1alpha1 MigPolicy -> cluster::Policy, and the status that goes back.
#pragma once

#include <string>

#include "base/name.h"
#include "cluster/policy.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// Never fails as a whole: what the API server's validation should have kept out is told in
/// Policy::problem, because a policy that we cannot read must still keep us from its pods.
cluster::Policy decode_policy(JsonField object, base::NamePool& names);

/// A merge patch for the object's status that is refused when the object has changed since
/// `policy` was read.
std::string encode_policy_status(const cluster::Policy& policy,
                                 const cluster::PolicyStatus& status);

}  // namespace migadapter::kube
