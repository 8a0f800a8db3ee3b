// What a process that begins to act makes of the rules that another has left.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/rule.h"
#include "cluster/snapshot.h"

namespace migadapter::controller {

/// Where a rule's move stands.
enum class Standing {
  not_begun,  ///< the old pod is there as it was: the rule is withdrawn and the pod decided about
              ///< anew
  pointless,  ///< nothing can come of it: the old pod lives on changed, the owner is gone, it
              ///< expired
  awaiting,   ///< the old pod goes or is gone, the new one is not there yet; or in vain, of late
  placing,    ///< the new pod is there and has no node
  starting,   ///< the new pod has a node and does not run yet
  done,       ///< the new pod runs
  failed,     ///< it is kept for its owner's failures
};

/// One word, for the log.
std::string_view to_string(Standing standing);

struct Recovery {
  Standing standing = Standing::pointless;
  base::Name new_pod_uid;  ///< from `placing` to `done`
};

/// Whether the owner is known to be no more. Owners of kinds that are only declared are not
/// watched.
bool is_gone(const cluster::Snapshot& snapshot, const cluster::OwnerReference& owner);

/// Whether the pod is the one that a rule of a StatefulSet is for, and was created without it: then
/// no other will come.
bool has_missed(const cluster::Rule& rule, const cluster::Pod& pod);

/// Derives it from what the cluster shows; pure. REQUIRES: the snapshot is complete.
Recovery recover(const cluster::Snapshot& snapshot, const cluster::Rule& rule, base::WallTime now);

}  // namespace migadapter::controller
