// The durations of the leader election, as flags say them.
#pragma once

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::app {

struct LeaseDurations {
  base::Millis lease{15'000};           ///< --leader-elect-lease-duration
  base::Millis renew_deadline{10'000};  ///< --leader-elect-renew-deadline
  base::Millis retry_period{2'000};     ///< --leader-elect-retry-period
};

/// What client-go demands of them. Errors: invalid_argument naming the flags.
/// https://github.com/kubernetes/client-go/blob/master/tools/leaderelection/leaderelection.go
base::Status check(const LeaseDurations& durations);

}  // namespace migadapter::app
