#include "cluster/volume_index.h"

namespace migadapter::cluster {
namespace {

template <typename Map>
const typename Map::mapped_type* find_in(const Map& map, const base::Name& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

const VolumeClaim* VolumeIndex::find_claim(const base::Name& name_space,
                                           const base::Name& name) const {
  const auto uid = uids_.find({name_space, name});
  return uid == uids_.end() ? nullptr : find_in(claims_, uid->second);
}

const Volume* VolumeIndex::find_volume(const base::Name& name) const {
  return find_in(volumes_, name);
}

const VolumeDrivers* VolumeIndex::find_drivers(const base::Name& node) const {
  return find_in(drivers_, node);
}

/// A claim that was deleted and made anew may arrive before the former is reported as gone.
void VolumeIndex::upsert(VolumeClaim claim) {
  uids_.insert_or_assign({claim.name_space, claim.name}, claim.uid);
  const base::Name uid = claim.uid;
  claims_.insert_or_assign(uid, std::move(claim));
}

void VolumeIndex::remove_claim(const base::Name& uid) {
  const auto found = claims_.find(uid);
  if (found == claims_.end()) return;
  const auto named = uids_.find({found->second.name_space, found->second.name});
  if (named != uids_.end() && named->second == uid) uids_.erase(named);
  claims_.erase(found);
}

void VolumeIndex::upsert(Volume volume) {
  const base::Name name = volume.name;
  volumes_.insert_or_assign(name, std::move(volume));
}

void VolumeIndex::upsert(VolumeDrivers drivers) {
  const base::Name node = drivers.node;
  drivers_.insert_or_assign(node, std::move(drivers));
}

}  // namespace migadapter::cluster
