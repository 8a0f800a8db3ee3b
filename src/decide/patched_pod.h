// A pod as its successor will be stored once the webhook has changed it.
#pragma once

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// The pod with these MIG requests and the tolerations that admission leaves it: where the API
/// server adds one for each extended resource (SchedulerFacts), it does so anew for the successor.
/// That one is made from the owner's template, so what the pod tolerates only because of an earlier
/// grant does not count.
cluster::Pod patched_pod(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                         const cluster::MigRequests& granted);

}  // namespace migadapter::decide
