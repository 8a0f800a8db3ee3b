// What people said on a pod, its owner and its namespace about moving it (docs/opt-out.md).
#pragma once

#include <vector>

#include "cluster/snapshot.h"
#include "decide/eligible.h"
#include "mig/profile.h"

namespace migadapter::decide {

/// The first opt-out that forbids the move, looked for on the pod, then its owner, then its
/// namespace; a value that cannot be read forbids it too. `owner` may be nullptr.
EligibleVerdict check_opt_outs(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                               Move move);

/// The largest profiles that pod, owner and namespace allow; a grant must keep to all of them.
/// Values that cannot be read are left out: check_opt_outs refuses them.
std::vector<mig::Profile> largest_grants(const cluster::Snapshot& snapshot,
                                         const cluster::Pod& pod);

/// Whether instances of the resource are, on this node, in no way larger than any of the profiles.
/// False where the node's GPUs have no such profile: then nothing can be compared.
bool is_allowed(const cluster::NodeState& node, const base::Name& resource,
                const std::vector<mig::Profile>& largest);

}  // namespace migadapter::decide
