// The default scheduler's choice of a node.
#pragma once

#include "sim/placement.h"

namespace migadapter::sim {

/// NodeResourcesFit's strategies: spread pods, or pack them.
enum class ScoringStrategy { least_allocated, most_allocated };

/// NodeResourcesFit over cpu and memory plus NodeResourcesBalancedAllocation, each of weight 1 and
/// on a scale of 100, with chance among equals; the kubelet gives the first free device. Whatever
/// else scores nodes in a cluster is the same for all of them here.
/// https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins
class SchedulerPlacement final : public Placement {
 public:
  explicit SchedulerPlacement(ScoringStrategy strategy) : strategy_(strategy) {}

  std::optional<int> choose_node(const Inventory& inventory, const Demand& demand,
                                 base::Rng& random) override;
  Device choose_device(const Node& node, std::span<const int> states, const Demand& demand,
                       base::Rng& random) override;

 private:
  ScoringStrategy strategy_;
};

}  // namespace migadapter::sim
