// Who is still there, and who is there already, when a pod is placed anew.
#pragma once

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// Whether a pod that occupies a node will be there when the pod under decision is scheduled.
enum class Presence {
  gone,
  maybe,  ///< it is terminating, only nominated, or the predecessor that runs until it has ended
  sure,
};

/// `placed` is the pod under decision as it is now; its successor is what gets scheduled. A
/// StatefulSet makes that one only when the predecessor is gone, other owners at once.
Presence presence(const cluster::Occupant& other, const cluster::Pod& placed);

/// Whether the term speaks of a pod with these labels in that namespace. Where the namespace is not
/// known yet, it may.
bool concerns(const cluster::Snapshot& snapshot, const cluster::AffinityTerm& term,
              const base::Name& name_space, const cluster::Labels& labels);

}  // namespace migadapter::decide
