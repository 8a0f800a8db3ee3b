#include "kube/watch/freshness.h"

#include <algorithm>

namespace migadapter::kube {

void Freshness::set(WatchedKind kind, std::optional<base::MonotonicTime> proof) {
  const std::lock_guard lock(mutex_);
  proofs_[static_cast<std::size_t>(kind)] = proof;
}

/// An absent proof orders before every other, so the smallest tells of it.
std::optional<base::MonotonicTime> Freshness::oldest() const {
  const std::lock_guard lock(mutex_);
  return *std::min_element(proofs_.begin(), proofs_.end());
}

}  // namespace migadapter::kube
