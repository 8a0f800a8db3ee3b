// Nodes, their GPUs at slot level, and what is taken of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/demand.h"
#include "sim/gpu/partition.h"

namespace migadapter::sim {

/// A node before anything runs on it.
struct NodeSpec {
  std::string name;
  std::string model;  ///< of its GPUs
  int gpus = 0;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  std::int64_t pods = 110;  ///< the kubelet's default
};

/// A node with what is left of it.
struct Node {
  NodeSpec spec;
  Partition* partition = nullptr;
  int model = 0;  ///< its place in Inventory::models
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  std::int64_t pods = 0;
  std::vector<int> states;   ///< of its GPUs
  std::vector<int> room;     ///< by kind: devices that its GPUs could give one after the other
  int free_units = 0;        ///< of all its GPUs
  std::int64_t version = 0;  ///< changes whenever anything else here does
};

/// One device of one GPU of a node.
struct Device {
  int gpu = 0;
  Slot slot;
};

/// What a pod holds.
struct Place {
  int node = 0;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  std::vector<Device> devices;
};

/// The whole cluster's room. Counts twice: by the partitions' states, and in a ledger of its own
/// that knows nothing of them, so that no slot can be used twice without anybody noticing.
class Inventory {
 public:
  /// `models`: the order of the bits of a ModelSet; models of nodes that are not among them follow.
  explicit Inventory(int kinds, std::vector<std::string> models = {})
      : kinds_(kinds), models_(std::move(models)) {}

  /// A partition that several nodes share; lives as long as the inventory.
  Partition& add(std::unique_ptr<Partition> partition);
  void add_node(NodeSpec spec, Partition& partition);

  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<std::string>& models() const { return models_; }
  int units() const { return units_; }
  int free_units() const { return free_units_; }
  /// Free units of GPUs that can give no device of any kind: the rest of them is in the way.
  int unusable_units() const { return unusable_units_; }
  /// Devices of the kind that could be given, all nodes together.
  std::int64_t room(KindId kind) const { return room_[static_cast<std::size_t>(kind)]; }

  /// The scheduler's filter: cpu, memory, number of pods, devices, GPU model.
  /// https://github.com/kubernetes/kubernetes/tree/master/pkg/scheduler/framework/plugins/noderesources
  static bool fits(const Node& node, const Demand& demand);

  /// REQUIRES: the place is free.
  void take(const Place& place);
  /// REQUIRES: it was taken.
  void give_back(const Place& place);

 private:
  /// What is taken of one GPU, beside its state.
  struct Ledger {
    std::uint64_t slices = 0;
    int shares = 0;
  };
  void change(Node& node, const Place& place, int sign);
  int unusable_units(const Node& node, int state) const;
  void set_state(Node& node, int gpu, int state);
  void enter(Ledger& ledger, const Slot& slot, int units, int sign);

  int kinds_;
  std::vector<std::unique_ptr<Partition>> partitions_;
  std::vector<std::string> models_;
  std::vector<Node> nodes_;
  std::vector<std::vector<Ledger>> ledgers_;  ///< by node and GPU
  std::vector<std::int64_t> room_;
  int units_ = 0;
  int free_units_ = 0;
  int unusable_units_ = 0;
};

}  // namespace migadapter::sim
