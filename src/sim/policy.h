// What can be compared: ways to run the same cluster under the same workload.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "sim/adapter.h"
#include "sim/placement.h"

namespace migadapter::sim {

/// What the GPUs look like before the first pod comes.
enum class Cutting {
  as_given,   ///< the geometry that the user named
  balanced,   ///< NVIDIA's all-balanced: 3g, 2g and two 1g of seven slices
  whole,      ///< not cut: one instance is the whole GPU
  on_demand,  ///< an instance is made for each pod and destroyed after it
};

/// One policy. Adding one is a file in src/sim/policy and its line in policy.cc.
struct Policy {
  std::string_view name;      ///< as on the command line
  std::string_view sentence;  ///< for people
  Cutting cutting = Cutting::as_given;
  /// Whoever chooses nodes; nullptr: the default scheduler.
  std::unique_ptr<Placement> (*make_placement)(const Workload& workload) = nullptr;
  /// Whoever restarts pods; nullptr: nobody. REQUIRES: nothing is taken in the inventory.
  std::unique_ptr<Adapter> (*make_adapter)(const Workload& workload,
                                           const Inventory& inventory) = nullptr;
};

/// Every policy, in the order in which to show them.
std::span<const Policy> policies();

/// nullptr when there is none of that name.
const Policy* find_policy(std::string_view name);

}  // namespace migadapter::sim
