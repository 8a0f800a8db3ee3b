#include "sim/policy/policies.h"

namespace migadapter::sim {
namespace {

class RandomPlacement final : public Placement {
 public:
  std::optional<int> choose_node(const Inventory& inventory, const Demand& demand,
                                 base::Rng& random) override {
    return best_node_by_chance(inventory, demand, random, [](const Node& /*node*/) { return 0; });
  }

  Device choose_device(const Node& node, std::span<const int> states, const Demand& demand,
                       base::Rng& random) override {
    Device chosen;
    std::uint64_t seen = 0;
    for (std::size_t gpu = 0; gpu < states.size(); ++gpu) {
      for (const Option& option : node.partition->options(states[gpu], demand.kind)) {
        if (random.below(++seen) == 0) chosen = {static_cast<int>(gpu), option.slot};
      }
    }
    return chosen;
  }
};

std::unique_ptr<Placement> make_placement(const Workload& /*workload*/) {
  return std::make_unique<RandomPlacement>();
}

}  // namespace

Policy random_policy() {
  return {"random", "Instances are made on demand, anywhere.", Cutting::on_demand, make_placement,
          nullptr};
}

}  // namespace migadapter::sim
