// Who chooses a pod's node, and its devices there.
#pragma once

#include <optional>
#include <span>

#include "base/rng.h"
#include "sim/inventory.h"

namespace migadapter::sim {

/// A way to choose. Both questions are only asked where there is an answer: filters come first.
class Placement {
 public:
  virtual ~Placement() = default;

  /// The node to take of those that fit, by its place in Inventory::nodes; nothing when none fits.
  virtual std::optional<int> choose_node(const Inventory& inventory, const Demand& demand,
                                         base::Rng& random) = 0;

  /// One device of the demanded kind on a node whose GPUs are in these states.
  /// REQUIRES: one of the GPUs has room for it.
  virtual Device choose_device(const Node& node, std::span<const int> states, const Demand& demand,
                               base::Rng& random) = 0;
};

/// Where a pod of that demand goes; nothing when it fits no node.
std::optional<Place> find_place(Placement& placement, const Inventory& inventory,
                                const Demand& demand, base::Rng& random);

/// The node with the highest score among those that fit, the first one among equals. A score is any
/// number that can be compared.
template <typename Score>
std::optional<int> best_node(const Inventory& inventory, const Demand& demand,
                             const Score& score_of) {
  std::optional<int> best;
  decltype(score_of(inventory.nodes().front())) highest{};
  int place = 0;
  for (const Node& node : inventory.nodes()) {
    if (Inventory::fits(node, demand)) {
      const auto score = score_of(node);
      if (!best || highest < score) {
        best = place;
        highest = score;
      }
    }
    ++place;
  }
  return best;
}

/// The same with chance among equals, as the scheduler has it.
template <typename Score>
std::optional<int> best_node_by_chance(const Inventory& inventory, const Demand& demand,
                                       base::Rng& random, const Score& score_of) {
  std::uint64_t equals = 0;
  std::optional<decltype(score_of(inventory.nodes().front()))> highest;
  std::optional<int> best;
  int place = -1;
  for (const Node& node : inventory.nodes()) {
    ++place;
    if (!Inventory::fits(node, demand)) continue;
    const auto score = score_of(node);
    if (highest && score < *highest) continue;
    equals = highest && !(*highest < score) ? equals + 1 : 1;
    if (random.below(equals) == 0) best = place;
    highest = score;
  }
  return best;
}

/// The first device of the first GPU that has one: what a kubelet does without a hint.
Device first_device(const Node& node, std::span<const int> states, KindId kind);

/// The device on the GPU with the least left that still has one.
Device tightest_device(const Node& node, std::span<const int> states, KindId kind);

}  // namespace migadapter::sim
