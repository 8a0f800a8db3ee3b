// Whether pods may be evicted at all right now.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace migadapter::controller {

/// The first thing that forbids acting. Deciding goes on meanwhile.
enum class HoldReason {
  free_to_act,
  not_synced,        ///< the first lists are not complete
  watch_stale,       ///< what we see may not be what is
  not_leader,        ///< another process acts
  webhook_unproven,  ///< an evicted pod might come back unpatched
  no_replica,        ///< no replica of the webhook says that it serves the rules
};
std::string_view to_string(HoldReason reason);
/// A sentence with what to look at.
std::string_view explain(HoldReason reason);

/// Whether what we see of the cluster may not be what is: then nothing can be missed either.
bool is_blind(HoldReason reason);

/// Whether rules may be written. Without a proven webhook no pod is evicted, but the moves under
/// way are still brought to their end.
bool may_write(HoldReason reason);

/// What the gate looks at. Moments are nothing where the thing has not happened.
struct GateView {
  bool synced = false;
  std::optional<base::MonotonicTime> watch_current_as_of;
  std::optional<base::MonotonicTime> leader_until;
  std::optional<base::MonotonicTime> webhook_proven_at;
  bool replica_lives = false;
};

/// Whether we hold the lease, whatever else holds.
bool leads(const GateView& view, base::MonotonicTime now);

HoldReason hold_reason(const GateView& view, base::MonotonicTime now);

}  // namespace migadapter::controller
