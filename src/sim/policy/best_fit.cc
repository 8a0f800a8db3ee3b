#include <cstdint>

#include "sim/policy/policies.h"

namespace migadapter::sim {
namespace {

constexpr double kMostScore = 100;

/// The sizes of the largest node: what is left of a node is weighed as a part of it. Those of the
/// FGD artifact (128 cores, 8 GPUs), so that its results can be compared.
constexpr double kLargestCpuMilli = 128'000;
constexpr double kLargestGpus = 8;

/// The less is left of cpu and GPUs together the better, in whole points as the scheduler counts.
std::int64_t tightness(const Node& node, const Demand& demand) {
  const int units = node.partition->units();
  const int wanted = demand.count == 0 ? 0 : demand.count * node.partition->units_of(demand.kind);
  const double cpu_left = static_cast<double>(node.cpu_milli - demand.cpu_milli) / kLargestCpuMilli;
  const double gpus_left = static_cast<double>(node.free_units - wanted) / units / kLargestGpus;
  return static_cast<std::int64_t>((1 - (cpu_left + gpus_left) / 2) * kMostScore);
}

class BestFit final : public Placement {
 public:
  std::optional<int> choose_node(const Inventory& inventory, const Demand& demand,
                                 base::Rng& /*random*/) override {
    return best_node(inventory, demand, [&](const Node& node) { return tightness(node, demand); });
  }

  Device choose_device(const Node& node, std::span<const int> states, const Demand& demand,
                       base::Rng& /*random*/) override {
    return tightest_device(node, states, demand.kind);
  }
};

std::unique_ptr<Placement> make_placement(const Workload& /*workload*/) {
  return std::make_unique<BestFit>();
}

}  // namespace

Policy best_fit_policy() {
  return {"best-fit", "Instances are made on demand, where the least is left.", Cutting::on_demand,
          make_placement, nullptr};
}

}  // namespace migadapter::sim
