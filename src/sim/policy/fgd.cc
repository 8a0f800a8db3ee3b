// Fragmentation gradient descent: a pod goes where it makes the least more of the free GPUs useless
// to the pods that are to be expected. Weng et al., "Beware of Fragmentation: Scheduling
// GPU-Sharing Workloads with Fragmentation Gradient Descent", USENIX ATC 2023.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "base/check.h"
#include "sim/policy/policies.h"

namespace migadapter::sim {
namespace {

/// Demands that are expected: the most frequent ones that make up so much of the workload.
constexpr double kCoverage = 0.95;

/// How much of a node's free GPU, in GPUs, the expected pods cannot use on the average.
class Fragmentation {
 public:
  explicit Fragmentation(std::vector<TypicalDemand> expected) : expected_(std::move(expected)) {
    for (const TypicalDemand& typical : expected_) {
      if (typical.demand.count > 0) kinds_.push_back(typical.demand.kind);
    }
    std::ranges::sort(kinds_);
    kinds_.erase(std::unique(kinds_.begin(), kinds_.end()), kinds_.end());
    by_kind_.resize(kinds_.empty() ? 0 : static_cast<std::size_t>(kinds_.back()) + 1);
  }

  double of(const Node& node, std::int64_t cpu_milli, std::span<const int> states) {
    int free = 0;
    for (const int state : states) free += node.partition->free_units(state);
    for (const KindId kind : kinds_)
      by_kind_[static_cast<std::size_t>(kind)] = use(node, states, kind);
    double useless = 0;
    for (const TypicalDemand& typical : expected_) {
      useless += typical.share * useless_to(typical.demand, node, cpu_milli, free);
    }
    return useless / node.partition->units();
  }

 private:
  /// What devices of one kind could be given on the node.
  struct Use {
    int gpus = 0;           ///< that have one
    int useless_units = 0;  ///< of the others
  };

  static Use use(const Node& node, std::span<const int> states, KindId kind) {
    Use use;
    for (const int state : states) {
      if (node.partition->room(state, kind) > 0) {
        ++use.gpus;
      } else {
        use.useless_units += node.partition->free_units(state);
      }
    }
    return use;
  }

  int useless_to(const Demand& demand, const Node& node, std::int64_t cpu_milli, int free) const {
    const bool allowed = ((demand.models >> node.model) & 1U) != 0;
    if (demand.count == 0 || !allowed || cpu_milli < demand.cpu_milli) return free;
    const Use& use = by_kind_[static_cast<std::size_t>(demand.kind)];
    return use.gpus < demand.count ? free : use.useless_units;
  }

  std::vector<TypicalDemand> expected_;
  std::vector<KindId> kinds_;  ///< of the expected demands
  std::vector<Use> by_kind_;   ///< of the node that is looked at
};

std::int64_t points(double gradient) {
  constexpr double kMostScore = 100;
  return static_cast<std::int64_t>(kMostScore / (1 + std::exp(-gradient)));
}

class Fgd final : public Placement {
 public:
  explicit Fgd(const Workload& workload)
      : fragmentation_(typical_demands(workload.jobs, kCoverage)) {}

  std::optional<int> choose_node(const Inventory& inventory, const Demand& demand,
                                 base::Rng& /*random*/) override {
    std::vector<Known>& known = known_[demand];
    known.resize(inventory.nodes().size());
    return best_node(inventory, demand, [&](const Node& node) {
      Known& of_node = known[static_cast<std::size_t>(&node - inventory.nodes().data())];
      if (of_node.version != node.version) of_node = {node.version, score_of(node, demand)};
      return of_node.score;
    });
  }

  Device choose_device(const Node& node, std::span<const int> states, const Demand& demand,
                       base::Rng& /*random*/) override {
    return best_device(node, states, demand).device;
  }

 private:
  /// A node's score stands until the node changes.
  struct Known {
    std::int64_t version = -1;
    std::int64_t score = 0;
  };
  struct Choice {
    Device device;
    int state = 0;  ///< of the GPU, with the device taken
    std::int64_t score = -1;
  };

  std::int64_t score_of(const Node& node, const Demand& demand) {
    if (demand.count == 1) return best_device(node, node.states, demand).score;
    std::vector<int> states = node.states;
    for (int i = 0; i < demand.count; ++i) {
      const Choice choice = best_device(node, states, demand);
      states[static_cast<std::size_t>(choice.device.gpu)] = choice.state;
    }
    return points(fragmentation_.of(node, node.cpu_milli, node.states) -
                  fragmentation_.of(node, node.cpu_milli - demand.cpu_milli, states));
  }

  Choice best_device(const Node& node, std::span<const int> states, const Demand& demand) {
    const double before = fragmentation_.of(node, node.cpu_milli, states);
    std::vector<int> after(states.begin(), states.end());
    Choice best;
    for (std::size_t gpu = 0; gpu < states.size(); ++gpu) {
      const bool seen = std::find(states.begin(), states.begin() + static_cast<std::ptrdiff_t>(gpu),
                                  states[gpu]) != states.begin() + static_cast<std::ptrdiff_t>(gpu);
      if (seen) continue;  // GPUs in one state are worth the same
      for (const Option& option : node.partition->options(states[gpu], demand.kind)) {
        after[gpu] = option.state;
        const std::int64_t score =
            points(before - fragmentation_.of(node, node.cpu_milli - demand.cpu_milli, after));
        if (score > best.score) best = {{static_cast<int>(gpu), option.slot}, option.state, score};
      }
      after[gpu] = states[gpu];
    }
    MIGADAPTER_CHECK(best.score >= 0);
    return best;
  }

  Fragmentation fragmentation_;
  std::map<Demand, std::vector<Known>> known_;
};

std::unique_ptr<Placement> make_placement(const Workload& workload) {
  return std::make_unique<Fgd>(workload);
}

}  // namespace

Policy fgd_policy() {
  return {"fgd", "Instances are made on demand, by fragmentation gradient descent.",
          Cutting::on_demand, make_placement, nullptr};
}

}  // namespace migadapter::sim
