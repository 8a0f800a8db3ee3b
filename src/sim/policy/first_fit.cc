#include "sim/policy/policies.h"

namespace migadapter::sim {
namespace {

class FirstFit final : public Placement {
 public:
  std::optional<int> choose_node(const Inventory& inventory, const Demand& demand,
                                 base::Rng& /*random*/) override {
    int place = 0;
    for (const Node& node : inventory.nodes()) {
      if (Inventory::fits(node, demand)) return place;
      ++place;
    }
    return std::nullopt;
  }

  Device choose_device(const Node& node, std::span<const int> states, const Demand& demand,
                       base::Rng& /*random*/) override {
    return first_device(node, states, demand.kind);
  }
};

std::unique_ptr<Placement> make_placement(const Workload& /*workload*/) {
  return std::make_unique<FirstFit>();
}

}  // namespace

Policy first_fit_policy() {
  return {"first-fit", "Instances are made on demand, on the first GPU that can.",
          Cutting::on_demand, make_placement, nullptr};
}

}  // namespace migadapter::sim
