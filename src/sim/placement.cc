#include "sim/placement.h"

#include "base/check.h"

namespace migadapter::sim {
namespace {

/// The states of the node's GPUs once the device is given.
void give(const Node& node, std::vector<int>& states, const Device& device) {
  int& state = states[static_cast<std::size_t>(device.gpu)];
  for (const Option& option : node.partition->options(state, device.slot.kind)) {
    if (option.slot != device.slot) continue;
    state = option.state;
    return;
  }
  MIGADAPTER_CHECK(false);
}

Device device_of(const Node& node, std::span<const int> states, std::size_t gpu, KindId kind) {
  return {static_cast<int>(gpu), node.partition->options(states[gpu], kind).front().slot};
}

}  // namespace

std::optional<Place> find_place(Placement& placement, const Inventory& inventory,
                                const Demand& demand, base::Rng& random) {
  const bool hopeless = demand.count > 0 && inventory.room(demand.kind) < demand.count;
  const auto chosen = hopeless ? std::nullopt : placement.choose_node(inventory, demand, random);
  if (!chosen) return std::nullopt;
  const Node& node = inventory.nodes()[static_cast<std::size_t>(*chosen)];
  Place place{*chosen, demand.cpu_milli, demand.memory_mib, {}};
  if (demand.count == 0) return place;
  std::vector<int> states = node.states;
  for (int i = 0; i < demand.count; ++i) {
    place.devices.push_back(placement.choose_device(node, states, demand, random));
    give(node, states, place.devices.back());
  }
  return place;
}

Device first_device(const Node& node, std::span<const int> states, KindId kind) {
  for (std::size_t gpu = 0; gpu < states.size(); ++gpu) {
    if (node.partition->room(states[gpu], kind) > 0) return device_of(node, states, gpu, kind);
  }
  MIGADAPTER_CHECK(false);
  return {};
}

Device tightest_device(const Node& node, std::span<const int> states, KindId kind) {
  std::optional<std::size_t> best;
  for (std::size_t gpu = 0; gpu < states.size(); ++gpu) {
    Partition& partition = *node.partition;
    if (partition.room(states[gpu], kind) == 0) continue;
    const int left = partition.free_units(states[gpu]);
    if (!best || left < partition.free_units(states[*best])) best = gpu;
  }
  MIGADAPTER_CHECK(best.has_value());
  return device_of(node, states, *best, kind);
}

}  // namespace migadapter::sim
