#include "lease_durations.h"

namespace migadapter::app {
namespace {

base::Status wrong(const char* what) {
  return base::Error(base::ErrorCode::invalid_argument, what);
}

}  // namespace

base::Status check(const LeaseDurations& durations) {
  const base::Millis second{1'000};
  if (durations.lease < second || durations.renew_deadline < second ||
      durations.retry_period < second) {
    return wrong(
        "--leader-elect-lease-duration, --leader-elect-renew-deadline and "
        "--leader-elect-retry-period: must be at least 1s");
  }
  if (durations.lease <= durations.renew_deadline) {
    return wrong(
        "--leader-elect-lease-duration: must be longer than --leader-elect-renew-deadline, so that "
        "who cannot renew stops before another process may begin");
  }
  // Renewals are retried a little late, as client-go's are by its jitter of 1.2.
  if (durations.renew_deadline * 10 <= durations.retry_period * 12) {
    return wrong(
        "--leader-elect-renew-deadline: must be longer than 1.2 times "
        "--leader-elect-retry-period, so that there is time for a second try");
  }
  return {};
}

}  // namespace migadapter::app
