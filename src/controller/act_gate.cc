#include "controller/act_gate.h"

#include "base/check.h"
#include "controller/limits.h"

namespace migadapter::controller {

HoldReason hold_reason(const GateView& view, base::MonotonicTime now) {
  if (!view.synced) return HoldReason::not_synced;
  if (!view.watch_current_as_of || now - *view.watch_current_as_of > kOldestWatch)
    return HoldReason::watch_stale;
  if (!leads(view, now)) return HoldReason::not_leader;
  if (!view.webhook_proven_at || now - *view.webhook_proven_at > kOldestProbe)
    return HoldReason::webhook_unproven;
  return view.replica_lives ? HoldReason::free_to_act : HoldReason::no_replica;
}

bool leads(const GateView& view, base::MonotonicTime now) {
  return view.leader_until.has_value() && now < *view.leader_until;
}

bool may_write(HoldReason reason) {
  return reason == HoldReason::free_to_act || reason == HoldReason::webhook_unproven ||
         reason == HoldReason::no_replica;
}

bool is_blind(HoldReason reason) {
  return reason == HoldReason::not_synced || reason == HoldReason::watch_stale;
}

std::string_view to_string(HoldReason reason) {
  switch (reason) {
    case HoldReason::free_to_act:
      return "FreeToAct";
    case HoldReason::not_synced:
      return "NotSynced";
    case HoldReason::watch_stale:
      return "WatchStale";
    case HoldReason::not_leader:
      return "NotLeader";
    case HoldReason::webhook_unproven:
      return "WebhookUnproven";
    case HoldReason::no_replica:
      return "NoReplica";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

std::string_view explain(HoldReason reason) {
  switch (reason) {
    case HoldReason::free_to_act:
      return "Pods may be moved.";
    case HoldReason::not_synced:
      return "The first lists from the API server are not complete yet.";
    case HoldReason::watch_stale:
      return "A watch is broken or silent, so the view of the cluster may be old; the log names "
             "the kind.";
    case HoldReason::not_leader:
      return "Another process holds the Lease; this one only answers the webhook.";
    case HoldReason::webhook_unproven:
      return "A dry-run pod did not come back patched by the webhook; check that the API server "
             "can "
             "reach its address and trusts its certificate.";
    case HoldReason::no_replica:
      return "No replica of the webhook says by its Lease that it serves the rules; look at the "
             "log "
             "of the webhook's processes.";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

}  // namespace migadapter::controller
