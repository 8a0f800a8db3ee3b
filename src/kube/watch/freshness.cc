#include "kube/watch/freshness.h"

#include <algorithm>

#include "base/check.h"

namespace migadapter::kube {

Freshness::Freshness(const std::vector<WatchedKind>& kinds) {
  MIGADAPTER_CHECK(!kinds.empty());
  for (const WatchedKind kind : kinds) proofs_[kind] = std::nullopt;
}

void Freshness::set(WatchedKind kind, std::optional<base::MonotonicTime> proof) {
  const std::lock_guard lock(mutex_);
  proofs_[kind] = proof;
}

/// An absent proof orders before every other, so the smallest tells of it.
std::optional<base::MonotonicTime> Freshness::oldest() const {
  const std::lock_guard lock(mutex_);
  const auto oldest =
      std::min_element(proofs_.begin(), proofs_.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return oldest->second;
}

}  // namespace migadapter::kube
