// Persistent volumes as far as they decide where a pod can run.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/name.h"
#include "cluster/constraints.h"

namespace migadapter::cluster {

/// A PersistentVolumeClaim.
struct VolumeClaim {
  base::Name name_space;
  base::Name name;
  base::Name uid;
  base::Name volume;         ///< spec.volumeName; empty until one is chosen
  bool bound = false;        ///< claim and volume are bound for good
  bool usable = true;        ///< neither lost nor being deleted
  bool for_one_pod = false;  ///< access mode ReadWriteOncePod
  friend bool operator==(const VolumeClaim&, const VolumeClaim&) = default;
};

/// A label of a volume with the values that a node's must be one of.
using VolumeZone = std::pair<base::Name, std::vector<base::Name>>;

/// A PersistentVolume.
struct Volume {
  base::Name name;
  bool has_node_affinity = false;
  std::vector<NodeSelectorTerm> node_affinity;  ///< terms are alternatives
  std::vector<VolumeZone> zones;                ///< labels of zone and region, well-known ones
  base::Name csi_driver;                        ///< empty unless it is attached by one
  bool attached_in_tree = false;  ///< by a plugin of old that is a CSI driver under another name
  friend bool operator==(const Volume&, const Volume&) = default;
};

/// What a node says about its CSI drivers: a CSINode.
struct VolumeDrivers {
  base::Name node;
  std::vector<base::Name> unlimited;  ///< drivers there that attach any number of volumes
  friend bool operator==(const VolumeDrivers&, const VolumeDrivers&) = default;
};

}  // namespace migadapter::cluster
