#include "controller/refusals.h"

#include "base/check.h"

namespace migadapter::controller {
namespace {

/// Whether the two pods differ in nothing but who they are.
bool alike(const cluster::Pod& a, const cluster::Pod& b) {
  const bool may_move_alike = a.protection == b.protection &&
                              a.nominated_node == b.nominated_node &&
                              cluster::labels_of(a) == cluster::labels_of(b);
  return may_move_alike && a.name_space == b.name_space && a.priority == b.priority &&
         a.quota_class == b.quota_class && a.containers == b.containers &&
         *a.constraints == *b.constraints && a.requests == b.requests &&
         a.mig_requests == b.mig_requests && a.granted.has_value() == b.granted.has_value() &&
         cluster::demand_of(a) == cluster::demand_of(b);
}

}  // namespace

const decide::UpgradeDecision* Refusals::find(const cluster::Pod& pod) const {
  if (!pod.owner) return nullptr;
  const auto found = by_owner_.find(pod.owner->uid);
  if (found == by_owner_.end() || !alike(*found->second.pod, pod)) return nullptr;
  return &found->second.decision;
}

void Refusals::remember(const cluster::Pod& pod, const decide::UpgradeDecision& decision) {
  MIGADAPTER_CHECK(!decision.grant);
  // One free instance keeps one of many alike waiting: whose turn it is is the pod's own. So is how
  // long it has waited.
  const bool is_its_own = decision.reason == decide::UpgradeReason::fits_now ||
                          decision.reason == decide::UpgradeReason::waits_first;
  if (is_its_own) return;
  if (pod.owner) by_owner_.insert_or_assign(pod.owner->uid, Refusal{&pod, decision});
}

}  // namespace migadapter::controller
