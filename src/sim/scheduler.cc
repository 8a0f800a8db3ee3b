#include "sim/scheduler.h"

#include <cmath>
#include <cstdint>

namespace migadapter::sim {
namespace {

constexpr std::int64_t kMostScore = 100;

/// How much of a resource is taken once the pod is there, of 1.
double taken(std::int64_t capacity, std::int64_t free, std::int64_t demand) {
  if (capacity == 0) return 1;
  return 1 - static_cast<double>(free - demand) / static_cast<double>(capacity);
}

std::int64_t score(double share) {
  return static_cast<std::int64_t>(share * static_cast<double>(kMostScore));
}

std::int64_t score_of(const Node& node, const Demand& demand, ScoringStrategy strategy) {
  const double cpu = taken(node.spec.cpu_milli, node.cpu_milli, demand.cpu_milli);
  const double memory = taken(node.spec.memory_mib, node.memory_mib, demand.memory_mib);
  const bool spread = strategy == ScoringStrategy::least_allocated;
  const std::int64_t fit =
      (score(spread ? 1 - cpu : cpu) + score(spread ? 1 - memory : memory)) / 2;
  const double deviation = std::abs(cpu - memory) / 2;
  return fit + score(1 - deviation);
}

}  // namespace

std::optional<int> SchedulerPlacement::choose_node(const Inventory& inventory, const Demand& demand,
                                                   base::Rng& random) {
  return best_node_by_chance(inventory, demand, random,
                             [&](const Node& node) { return score_of(node, demand, strategy_); });
}

Device SchedulerPlacement::choose_device(const Node& node, std::span<const int> states,
                                         const Demand& demand, base::Rng& /*random*/) {
  return first_device(node, states, demand.kind);
}

}  // namespace migadapter::sim
