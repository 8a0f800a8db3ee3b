// The Lease by which a replica of the webhook says that it is alive and up to where it serves the
// rules.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "kube/http.h"

namespace migadapter::kube {

struct ReplicaLeaseOptions {
  std::string name_space;
  std::string name;  ///< of the Lease: unique to this process, a DNS subdomain
  /// Without a renewal for so long the controller no longer waits for us: how long a crash of a
  /// replica keeps pods from being moved.
  base::Millis duration{10'000};
  base::Millis renew_period{3'000};
};

/// Nothing is written before the first `serve`. Then the Lease is renewed each period, and at once
/// when more rules are served; one write is under way at a time, so that a burst of rules costs
/// few.
class ReplicaLease {
 public:
  virtual ~ReplicaLease() = default;  ///< writes no more

  /// Every rule up to that resourceVersion is in our answers from now on. Thread-safe.
  virtual void serve(const std::string& resource_version) = 0;

  /// Whether the Lease has told of us within its duration. Thread-safe.
  virtual bool is_told() const = 0;

  /// Deletes the Lease, so that nobody waits for us any more; returns when done or after `timeout`.
  /// Call when no review can reach us any more.
  virtual void withdraw(base::Millis timeout) = 0;
};

std::unique_ptr<ReplicaLease> start_replica_lease(HttpTransport& transport,
                                                  const base::Clock& clock, base::Logger& log,
                                                  ReplicaLeaseOptions options);

}  // namespace migadapter::kube
