// A Lease that elects which process acts.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "kube/http.h"

namespace migadapter::kube {

struct LeaderLeaseOptions {
  std::string name_space;
  std::string name = "mig-adapter";
  std::string identity;  ///< unique to this process: "host_uuid"
  base::Millis lease_duration{15'000};
  base::Millis renew_deadline{10'000};
  base::Millis retry_period{2'000};
};

/// Takes and renews the Lease as client-go's leaderelection does: another's lease has expired when
/// its record did not change for a whole lease duration of *our* monotonic clock.
/// https://github.com/kubernetes/client-go/blob/master/tools/leaderelection/leaderelection.go
class LeaderLease {
 public:
  virtual ~LeaderLease() = default;

  /// Until when we may act: the last successful renewal's *start* plus the renew deadline.
  /// Thread-safe.
  virtual std::optional<base::MonotonicTime> leader_until() const = 0;
  /// Gives the Lease back so that another can take over at once; returns when done or after
  /// `timeout`. Call only after all acting has stopped.
  virtual void release(base::Millis timeout) = 0;
};

std::unique_ptr<LeaderLease> start_leader_lease(HttpTransport& transport, const base::Clock& clock,
                                                base::Logger& log, LeaderLeaseOptions options);

}  // namespace migadapter::kube
