// Gives equal values the same object, so that the pods of one owner share what is the same in them.
#pragma once

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

namespace migadapter::kube {

/// `Hash` maps equal values to equal numbers. Confined to one thread. Values outlive the pool, and
/// those that nobody holds any more are forgotten as it grows.
template <typename Value, typename Hash>
class SharedPool {
 public:
  std::shared_ptr<const Value> share(Value value) {
    const std::size_t hash = Hash()(value);
    const auto [first, last] = shared_.equal_range(hash);
    for (auto each = first; each != last; ++each) {
      auto known = each->second.lock();
      if (known && *known == value) return known;
    }
    if (shared_.size() >= sweep_at_) sweep();
    auto shared = std::make_shared<const Value>(std::move(value));
    shared_.emplace(hash, shared);
    return shared;
  }

  /// How many different values are in use or were not yet swept up.
  std::size_t size() const { return shared_.size(); }

 private:
  static constexpr std::size_t kFirstSweep = 64;

  void sweep() {
    std::erase_if(shared_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = std::max(kFirstSweep, 2 * shared_.size());
  }

  std::unordered_multimap<std::size_t, std::weak_ptr<const Value>> shared_;
  std::size_t sweep_at_ = kFirstSweep;
};

}  // namespace migadapter::kube
