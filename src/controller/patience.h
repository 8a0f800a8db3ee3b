// Restores that have to be possible for a while before they are done.
#pragma once

#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/name.h"

namespace migadapter::controller {

/// Remembers since when each pod's restore has been possible without a break, from sweep to sweep.
/// After a restart the time starts anew. Confined to one thread.
class Patience {
 public:
  /// Notes that the pod's restore is possible in this sweep; true when it has been for so long.
  bool is_over(const base::Name& pod_uid, base::Millis hysteresis, base::MonotonicTime now);

  /// Forgets every pod whose restore was not possible in this sweep.
  void end_sweep();

  /// When the next restore has been possible for long enough; nothing when none waits for that.
  std::optional<base::MonotonicTime> next() const;

 private:
  struct Wait {
    base::MonotonicTime since;
    base::MonotonicTime until;
    bool possible = true;  ///< in this sweep
  };
  std::unordered_map<base::Name, Wait> waits_;
};

}  // namespace migadapter::controller
