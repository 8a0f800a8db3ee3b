#include "sim/inventory.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace migadapter::sim {
namespace {

/// The state with the slot taken.
int with(Partition& partition, int state, const Slot& slot) {
  const auto options = partition.options(state, slot.kind);
  const auto found = std::ranges::find(options, slot, &Option::slot);
  MIGADAPTER_CHECK(found != options.end());
  return found->state;
}

}  // namespace

Partition& Inventory::add(std::unique_ptr<Partition> partition) {
  partitions_.push_back(std::move(partition));
  return *partitions_.back();
}

void Inventory::add_node(NodeSpec spec, Partition& partition) {
  auto model = std::ranges::find(models_, spec.model);
  if (model == models_.end()) model = models_.insert(models_.end(), spec.model);
  MIGADAPTER_CHECK(models_.size() <= 64);  // the bits of a ModelSet
  Node node;
  node.partition = &partition;
  node.model = static_cast<int>(model - models_.begin());
  node.cpu_milli = spec.cpu_milli;
  node.memory_mib = spec.memory_mib;
  node.pods = spec.pods;
  node.states.assign(static_cast<std::size_t>(spec.gpus), partition.idle_state());
  node.free_units = spec.gpus * partition.units();
  units_ += node.free_units;
  free_units_ += node.free_units;
  room_.resize(static_cast<std::size_t>(kinds_));
  for (KindId kind = 0; kind < kinds_; ++kind) {
    node.room.push_back(spec.gpus * partition.room(partition.idle_state(), kind));
    room_[static_cast<std::size_t>(kind)] += node.room.back();
  }
  ledgers_.emplace_back(node.states.size());
  node.spec = std::move(spec);
  nodes_.push_back(std::move(node));
}

bool Inventory::fits(const Node& node, const Demand& demand) {
  const bool has_devices =
      demand.count == 0 || node.room[static_cast<std::size_t>(demand.kind)] >= demand.count;
  return has_devices && node.cpu_milli >= demand.cpu_milli &&
         node.memory_mib >= demand.memory_mib && node.pods > 0 &&
         ((demand.models >> node.model) & 1U) != 0;
}

void Inventory::take(const Place& place) {
  Node& node = nodes_[static_cast<std::size_t>(place.node)];
  change(node, place, -1);
  MIGADAPTER_CHECK(node.cpu_milli >= 0 && node.memory_mib >= 0 && node.pods >= 0);
  for (const Device& device : place.devices) {
    const int state = node.states[static_cast<std::size_t>(device.gpu)];
    set_state(node, device.gpu, with(*node.partition, state, device.slot));
  }
}

void Inventory::give_back(const Place& place) {
  Node& node = nodes_[static_cast<std::size_t>(place.node)];
  change(node, place, +1);
  for (const Device& device : place.devices) {
    const int state = node.states[static_cast<std::size_t>(device.gpu)];
    set_state(node, device.gpu, node.partition->without(state, device.slot));
  }
}

/// All but the GPUs' states.
void Inventory::change(Node& node, const Place& place, int sign) {
  node.cpu_milli += sign * place.cpu_milli;
  node.memory_mib += sign * place.memory_mib;
  node.pods += sign;
  ++node.version;
  auto& ledgers = ledgers_[static_cast<std::size_t>(place.node)];
  for (const Device& device : place.devices) {
    Ledger& ledger = ledgers[static_cast<std::size_t>(device.gpu)];
    enter(ledger, device.slot, node.partition->units(), -sign);
    node.free_units += sign * device.slot.size;
    free_units_ += sign * device.slot.size;
  }
}

void Inventory::enter(Ledger& ledger, const Slot& slot, int units, int sign) {
  if (slot.start < 0) {
    ledger.shares += sign * slot.size;
    MIGADAPTER_CHECK(ledger.shares >= 0 && ledger.shares <= units);
    return;
  }
  MIGADAPTER_CHECK(slot.start + slot.size <= units && units < 64);
  const std::uint64_t slices = ((std::uint64_t{1} << slot.size) - 1) << slot.start;
  MIGADAPTER_CHECK((ledger.slices & slices) == (sign > 0 ? 0 : slices));
  ledger.slices ^= slices;
}

int Inventory::unusable_units(const Node& node, int state) const {
  for (KindId kind = 0; kind < kinds_; ++kind) {
    if (node.partition->room(state, kind) > 0) return 0;
  }
  return node.partition->free_units(state);
}

void Inventory::set_state(Node& node, int gpu, int state) {
  int& present = node.states[static_cast<std::size_t>(gpu)];
  unusable_units_ += unusable_units(node, state) - unusable_units(node, present);
  for (KindId kind = 0; kind < kinds_; ++kind) {
    const int change = node.partition->room(state, kind) - node.partition->room(present, kind);
    node.room[static_cast<std::size_t>(kind)] += change;
    room_[static_cast<std::size_t>(kind)] += change;
  }
  present = state;
}

}  // namespace migadapter::sim
