#include "sim/scenario.h"

#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "sim/workload/profiles.h"

namespace migadapter::sim {
namespace {

/// REQUIRES: the profiles have room on one GPU.
std::unique_ptr<Partition> fixed(const ClusterSpec& cluster, const Kinds& kinds,
                                 std::vector<mig::Profile> profiles) {
  const base::Result<mig::Geometry> geometry = place_profiles(*cluster.model, std::move(profiles));
  return make_fixed_partition(*cluster.model, *geometry, kinds);
}

/// The partitions of the first node, of the second and so on, then from the beginning.
std::vector<std::unique_ptr<Partition>> make_partitions(const ClusterSpec& cluster,
                                                        const Kinds& kinds, Cutting cutting) {
  std::vector<std::unique_ptr<Partition>> partitions;
  switch (cutting) {
    case Cutting::as_given:
      for (const mig::Geometry& geometry : cluster.geometries) {
        partitions.push_back(make_fixed_partition(*cluster.model, geometry, kinds));
      }
      break;
    case Cutting::balanced:
      partitions.push_back(fixed(cluster, kinds, balanced_profiles(*cluster.model)));
      break;
    case Cutting::whole:
      partitions.push_back(fixed(cluster, kinds, {whole_profile(*cluster.model)}));
      break;
    case Cutting::on_demand:
      partitions.push_back(make_free_partition(*cluster.model, kinds));
      break;
  }
  MIGADAPTER_CHECK(!partitions.empty());
  return partitions;
}

}  // namespace

Inventory make_inventory(const ClusterSpec& cluster, const Kinds& kinds, Cutting cutting) {
  Inventory inventory(kinds.size());
  std::vector<Partition*> partitions;
  for (auto& partition : make_partitions(cluster, kinds, cutting)) {
    partitions.push_back(&inventory.add(std::move(partition)));
  }
  for (int i = 0; i < cluster.nodes; ++i) {
    inventory.add_node(
        {"node-" + std::to_string(i), std::string(cluster.model->name), cluster.gpus_per_node,
         cluster.cpu_milli_per_node, cluster.memory_mib_per_node, cluster.pods_per_node},
        *partitions[static_cast<std::size_t>(i) % partitions.size()]);
  }
  return inventory;
}

Outcome run_policy(const Scenario& scenario, const Policy& policy, std::uint64_t seed) {
  const Workload& workload = scenario.workload;
  Inventory inventory = make_inventory(scenario.cluster, workload.kinds, policy.cutting);
  SchedulerPlacement scheduler(scenario.scoring);
  const auto placement = policy.make_placement ? policy.make_placement(workload) : nullptr;
  const auto adapter = policy.make_adapter ? policy.make_adapter(workload, inventory) : nullptr;
  EngineOptions options{scenario.delays, kNoKind, seed};
  if (policy.cutting == Cutting::whole) {
    options.first_grant =
        workload.kinds.find(mig::to_string(whole_profile(*scenario.cluster.model)));
  }
  Placement& chooser = placement ? *placement : static_cast<Placement&>(scheduler);
  return Engine({workload, inventory, chooser, adapter.get()}, options).run();
}

}  // namespace migadapter::sim
