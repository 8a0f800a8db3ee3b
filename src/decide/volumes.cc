#include "decide/volumes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "decide/placement_rules.h"

namespace migadapter::decide {
namespace {

using cluster::Node;
using cluster::Pod;
using cluster::Snapshot;
using cluster::Volume;
using cluster::VolumeClaim;
using cluster::VolumeZone;

/// The well-known labels of zone and region and what the first two are called today.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kZoneLabels = {{
    {"failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"},
    {"failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"},
    {"topology.kubernetes.io/zone", "topology.kubernetes.io/zone"},
    {"topology.kubernetes.io/region", "topology.kubernetes.io/region"},
}};

std::string_view problem_of(const Snapshot& snapshot, const VolumeClaim* claim) {
  if (claim == nullptr) return "does not exist";
  if (!claim->usable) return "is lost or being deleted";
  if (claim->for_one_pod) return "is ReadWriteOncePod";
  if (!claim->bound) return "is not bound";
  const Volume* volume = snapshot.volumes().find_volume(claim->volume);
  if (volume == nullptr) return "is bound to a volume that is not known";
  return volume->attached_in_tree ? "is bound to a volume of an in-tree plugin" : "";
}

/// nullptr where claim or volume are not known.
const Volume* volume_of(const Snapshot& snapshot, const Pod& pod, const base::Name& claim_name) {
  const VolumeClaim* claim = snapshot.volumes().find_claim(pod.name_space, claim_name);
  return claim == nullptr ? nullptr : snapshot.volumes().find_volume(claim->volume);
}

bool has_zone(const Node& node) {
  return std::any_of(kZoneLabels.begin(), kZoneLabels.end(), [&node](const auto& label) {
    return cluster::find_label(node.labels, label.first) != nullptr;
  });
}

bool is_in(const Node& node, const VolumeZone& zone) {
  const base::Name* value = cluster::find_label(node.labels, zone.first.view());
  for (const auto& [former, present] : kZoneLabels) {
    if (value == nullptr && zone.first == former) value = cluster::find_label(node.labels, present);
  }
  const auto& values = zone.second;
  return value != nullptr && std::find(values.begin(), values.end(), *value) != values.end();
}

/// A node without any such label is in a cluster of one zone.
bool allows(const Volume& volume, const Node& node) {
  const bool by_affinity =
      !volume.has_node_affinity || matches_node_affinity(volume.node_affinity, node);
  if (!by_affinity || !has_zone(node)) return by_affinity;
  return std::all_of(volume.zones.begin(), volume.zones.end(),
                     [&node](const VolumeZone& zone) { return is_in(node, zone); });
}

bool attaches(const Snapshot& snapshot, const Volume& volume, const Node& node) {
  if (volume.csi_driver.empty()) return true;
  const cluster::VolumeDrivers* drivers = snapshot.volumes().find_drivers(node.name);
  if (drivers == nullptr) return false;
  const auto& unlimited = drivers->unlimited;
  return std::find(unlimited.begin(), unlimited.end(), volume.csi_driver) != unlimited.end();
}

}  // namespace

std::string unprovable_claim(const Snapshot& snapshot, const Pod& pod) {
  for (const base::Name& name : pod.constraints->volume_claims) {
    const std::string_view problem =
        problem_of(snapshot, snapshot.volumes().find_claim(pod.name_space, name));
    if (!problem.empty()) {
      return fmt::format("PersistentVolumeClaim {} {}", name.view(), problem);
    }
  }
  return {};
}

bool allows_volumes(const Snapshot& snapshot, const Pod& pod, const Node& node) {
  const auto& claims = pod.constraints->volume_claims;
  return std::all_of(claims.begin(), claims.end(), [&](const base::Name& claim) {
    const Volume* volume = volume_of(snapshot, pod, claim);
    return volume != nullptr && allows(*volume, node);
  });
}

bool attaches_volumes(const Snapshot& snapshot, const Pod& pod, const Node& node) {
  const auto& claims = pod.constraints->volume_claims;
  return std::all_of(claims.begin(), claims.end(), [&](const base::Name& claim) {
    const Volume* volume = volume_of(snapshot, pod, claim);
    return volume != nullptr && attaches(snapshot, *volume, node);
  });
}

}  // namespace migadapter::decide
