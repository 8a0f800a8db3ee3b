// Claims and volumes by their names.
#pragma once

#include <map>
#include <unordered_map>
#include <utility>

#include "cluster/volume.h"

namespace migadapter::cluster {

/// Kept in step by the store. What arrives again replaces the former.
class VolumeIndex {
 public:
  const VolumeClaim* find_claim(const base::Name& name_space, const base::Name& name) const;
  const Volume* find_volume(const base::Name& name) const;
  const VolumeDrivers* find_drivers(const base::Name& node) const;

  void upsert(VolumeClaim claim);
  void remove_claim(const base::Name& uid);
  void upsert(Volume volume);
  void remove_volume(const base::Name& name) { volumes_.erase(name); }
  void upsert(VolumeDrivers drivers);
  void remove_drivers(const base::Name& node) { drivers_.erase(node); }

 private:
  std::unordered_map<base::Name, VolumeClaim> claims_;            ///< by uid
  std::map<std::pair<base::Name, base::Name>, base::Name> uids_;  ///< by namespace and name
  std::unordered_map<base::Name, Volume> volumes_;
  std::unordered_map<base::Name, VolumeDrivers> drivers_;
};

}  // namespace migadapter::cluster
