// A node as the decisions need it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/name.h"
#include "cluster/constraints.h"
#include "cluster/resources.h"
#include "mig/device.h"
#include "mig/model.h"
#include "mig/profile.h"

namespace migadapter::cluster {

/// One MIG resource a node's GPUs can offer, whether it offers any now or not.
struct NodeDevice {
  base::Name resource;
  mig::Profile profile;  ///< as the table of GPU models names it
  mig::Device device;  ///< the table's facts, overruled by the node's own labels where it has them
  friend bool operator==(const NodeDevice&, const NodeDevice&) = default;
};

/// One node. Labels are kept whole: any of them can be a pod's selector.
struct Node {
  base::Name name;
  Labels labels;  ///< ordered by key
  std::vector<Taint> taints;
  bool unschedulable = false;  ///< spec.unschedulable: cordoned
  ResourceList allocatable;    ///< healthy devices only, as the kubelet counts them
  friend bool operator==(const Node&, const Node&) = default;
};

/// The GPU model of the node by its label nvidia.com/gpu.product; nullptr without one or when
/// unknown.
const mig::GpuModel* gpu_model(const Node& node);

/// The facts of every profile of the node's GPU model under the node's own resource names, smallest
/// first. Names drift with drivers: an allocatable MIG resource that the table does not know is
/// matched to the table's profile with as many compute slices, the same variant and the nearest
/// memory, and keeps its own name. NodeDevice::profile is always the table's. Empty without a known
/// model.
std::vector<NodeDevice> node_devices(const Node& node);

/// The model and all that the devices say as a text: equal exactly where they are.
base::Name describe(const mig::GpuModel& model, const std::vector<NodeDevice>& devices);

/// Whether nvidia.com/mig.config.state says that the GPUs are being cut anew; what the node offers
/// is then about to change.
bool is_being_repartitioned(const Node& node);

}  // namespace migadapter::cluster
