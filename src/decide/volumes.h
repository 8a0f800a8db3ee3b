// Whether a pod's persistent volumes can be had on a node.
// https://github.com/kubernetes/kubernetes/tree/master/pkg/scheduler/framework/plugins
// (volumebinding, volumezone, volumerestrictions, nodevolumelimits)
#pragma once

#include <string>

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// The first claim of the pod of which no node can be proven to fit, and why, for people; empty
/// when each is bound to a volume that is known and may be shared.
std::string unprovable_claim(const cluster::Snapshot& snapshot, const cluster::Pod& pod);

/// Whether the volumes' node affinity and zones allow the node.
bool allows_volumes(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                    const cluster::Node& node);

/// Whether the node attaches any number of the volumes' drivers: how many it has attached is not
/// counted.
bool attaches_volumes(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                      const cluster::Node& node);

}  // namespace migadapter::decide
