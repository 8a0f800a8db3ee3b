// When a Job does not mind that one of its pods is restarted.
#pragma once

#include "cluster/owner.h"
#include "decide/eligible.h"

namespace migadapter::decide {

/// Whether the Job recreates the evicted pod and counts no failure: its podFailurePolicy must have
/// a rule that ignores disruptions, and no other rule may match before it. Without one an eviction
/// counts against backoffLimit even while the pod is pending.
/// https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
/// REQUIRES: job.job is set.
EligibleReason check_job(const cluster::Owner& job, const cluster::Pod& pod, Move move);

}  // namespace migadapter::decide
