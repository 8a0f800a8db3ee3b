// The writes that act on decisions.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/name.h"
#include "base/result.h"
#include "cluster/policy.h"
#include "kube/http.h"

namespace migadapter::kube {

/// A pod to evict, and what must still be true of it.
struct Eviction {
  base::Name name_space;
  std::string pod_name;
  base::Name uid;                ///< precondition
  std::string resource_version;  ///< precondition: nothing happened to the pod since the decision
};

/// One line of an object's history, as `kubectl describe` shows it (core/v1 Event).
struct EventRecord {
  base::Name name_space;
  std::string pod_name;
  base::Name pod_uid;
  bool warning = false;
  std::string reason;  ///< "Upgraded": one word of a documented list
  std::string message;
};

/// Thread-safe. `done` is called on the transport's thread.
class ClusterWriter {
 public:
  virtual ~ClusterWriter() = default;

  /// Evicts through the eviction API, with the pod's full grace period. Errors: conflict when the
  /// pod has changed, not_found when it is gone, too_many_requests when a budget forbids it,
  /// unavailable or timeout when the outcome is unknown.
  /// https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
  virtual void evict(const Eviction& eviction, std::function<void(base::Status)> done) = 0;

  /// Records an Event, best effort: failures are logged and dropped.
  virtual void record(const EventRecord& event) = 0;

  /// Writes the status of the policy as it was read, best effort: refused when it has changed
  /// since, which the watch will show; other failures are logged and dropped.
  virtual void report(const cluster::Policy& policy, const cluster::PolicyStatus& status) = 0;
};

std::unique_ptr<ClusterWriter> make_cluster_writer(HttpTransport& transport,
                                                   const base::Clock& clock, base::Logger& log);

}  // namespace migadapter::kube
