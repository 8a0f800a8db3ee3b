#include "kube/codec/resource_pool.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

namespace migadapter::kube {

std::size_t ResourcePool::Hash::operator()(const cluster::ResourceList& list) const {
  constexpr std::size_t kFactor = 31;
  std::size_t hash = 0;
  for (const cluster::ResourceAmount& amount : list) {
    hash = kFactor * hash + std::hash<base::Name>()(amount.resource);
    hash = kFactor * hash + std::hash<std::int64_t>()(amount.amount);
  }
  return hash;
}

cluster::ResourceList ResourcePool::share(cluster::ResourceList list) {
  if (list.empty()) return list;
  if (lists_.size() >= sweep_at_) {
    std::erase_if(lists_, [](const cluster::ResourceList& each) { return each.is_only_holder(); });
    sweep_at_ = std::max(kFirstSweep, 2 * lists_.size());
  }
  return *lists_.insert(std::move(list)).first;
}

}  // namespace migadapter::kube
