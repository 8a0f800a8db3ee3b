#include "controller/policy_reports.h"

#include "controller/limits.h"

namespace migadapter::controller {

void PolicyReports::report(const cluster::Snapshot& snapshot, const ObservedByPolicy& observed) {
  for (const cluster::Policy& policy : snapshot.policies()) {
    const auto found = observed.find(policy.name);
    const decide::Observed counts = found == observed.end() ? decide::Observed{} : found->second;
    const cluster::PolicyStatus status = decide::status_of(snapshot, policy, counts, clock_.wall());
    if (status == policy.status || !may_write(policy)) continue;
    written_.insert_or_assign(policy.uid, Written{policy.resource_version, clock_.monotonic()});
    writer_.report(policy, status);
  }
}

/// A new generation is answered at once. Else a write waits for the watch to show the one before,
/// and numbers that change all the time are written now and then.
bool PolicyReports::may_write(const cluster::Policy& policy) const {
  const auto found = written_.find(policy.uid);
  if (found == written_.end()) return true;
  const base::Millis passed = clock_.monotonic() - found->second.when;
  if (policy.resource_version == found->second.resource_version) return passed >= kNewsPatience;
  const bool unseen = policy.status.observed_generation != policy.generation;
  return unseen || passed >= kReportInterval;
}

}  // namespace migadapter::controller
