// Up to when the view of the cluster is known to be current.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "kube/cluster_watch.h"

namespace migadapter::kube {

/// The last proof of every kind. Thread-safe.
class Freshness {
 public:
  /// REQUIRES: `kinds` is not empty.
  explicit Freshness(const std::vector<WatchedKind>& kinds);

  /// The kind's view was current at `proof`; nothing: its watch is broken.
  void set(WatchedKind kind, std::optional<base::MonotonicTime> proof);

  /// The oldest of all kinds; nothing while any has none.
  std::optional<base::MonotonicTime> oldest() const;

 private:
  mutable std::mutex mutex_;
  std::map<WatchedKind, std::optional<base::MonotonicTime>> proofs_;
};

}  // namespace migadapter::kube
