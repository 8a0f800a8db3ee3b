// Gives equal lists of resources the same memory.
#pragma once

#include <cstddef>
#include <unordered_set>

#include "cluster/resources.h"

namespace migadapter::kube {

/// The pods of one owner ask for the same. Confined to one thread; the lists that it gives out are
/// not. Lists that nobody else holds are forgotten as it grows.
class ResourcePool {
 public:
  cluster::ResourceList share(cluster::ResourceList list);

 private:
  static constexpr std::size_t kFirstSweep = 64;
  struct Hash {
    std::size_t operator()(const cluster::ResourceList& list) const;
  };

  std::unordered_set<cluster::ResourceList, Hash> lists_;
  std::size_t sweep_at_ = kFirstSweep;
};

}  // namespace migadapter::kube
