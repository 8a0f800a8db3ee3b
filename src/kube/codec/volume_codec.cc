#include "kube/codec/volume_codec.h"

#include <algorithm>
#include <array>

#include "kube/codec/affinity_codec.h"

namespace migadapter::kube {

using cluster::Volume;
using cluster::VolumeClaim;
using cluster::VolumeDrivers;

namespace {

void decode_node_affinity(JsonField spec, base::NamePool& names, Volume& volume) {
  const JsonField required = spec.at("nodeAffinity").at("required");
  volume.has_node_affinity = required.present();
  UnmodelledSet unmodelled;
  const cluster::Labels no_labels;
  AffinityCodec codec({base::Name(), no_labels}, names, unmodelled);
  for (const JsonField term : required.at("nodeSelectorTerms").items()) {
    volume.node_affinity.push_back({codec.decode_expressions(term.at("matchExpressions")),
                                    codec.decode_expressions(term.at("matchFields"))});
  }
  if (unmodelled.any()) volume.node_affinity.clear();
}

/// "a__b" are the zones a and b, as in
/// https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/volumezone/volume_zone.go
std::vector<base::Name> zones_in(std::string_view text, base::NamePool& names) {
  constexpr std::string_view kSeparator = "__";
  std::vector<base::Name> zones;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(kSeparator, begin), text.size());
    zones.push_back(names.intern(text.substr(begin, end - begin)));
    begin = end + kSeparator.size();
  }
  return zones;
}

void decode_zones(JsonField labels, base::NamePool& names, Volume& volume) {
  static constexpr std::array<std::string_view, 4> kLabels = {
      "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
      "topology.kubernetes.io/zone", "topology.kubernetes.io/region"};
  for (const std::string_view label : kLabels) {
    const JsonField value = labels.at(label);
    if (!value.present()) continue;
    volume.zones.emplace_back(names.intern(label), zones_in(value.text(), names));
  }
}

/// Plugins whose volumes are attached by a CSI driver nowadays, and limited by what that one may.
/// https://github.com/kubernetes/csi-translation-lib
bool is_attached_in_tree(JsonField spec) {
  static constexpr std::array<std::string_view, 9> kSources = {
      "awsElasticBlockStore", "azureDisk",      "azureFile", "cinder",       "gcePersistentDisk",
      "photonPersistentDisk", "portworxVolume", "rbd",       "vsphereVolume"};
  return std::any_of(kSources.begin(), kSources.end(),
                     [&spec](std::string_view source) { return spec.at(source).present(); });
}

bool has_item(JsonField list, std::string_view wanted) {
  for (const JsonField item : list.items()) {
    if (item.text() == wanted) return true;
  }
  return false;
}

}  // namespace

VolumeClaim decode_volume_claim(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  const JsonField spec = object.at("spec");
  VolumeClaim claim;
  claim.name_space = names.intern(metadata.at("namespace").text());
  claim.name = names.intern(metadata.at("name").text());
  claim.uid = names.intern(metadata.at("uid").text());
  claim.volume = names.intern(spec.at("volumeName").text());
  const JsonField completed = metadata.at("annotations").at("pv.kubernetes.io/bind-completed");
  claim.bound = !claim.volume.empty() && completed.present();
  claim.usable = object.at("status").at("phase").text() != "Lost" &&
                 !metadata.at("deletionTimestamp").present();
  claim.for_one_pod = has_item(spec.at("accessModes"), "ReadWriteOncePod");
  return claim;
}

Volume decode_volume(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  const JsonField spec = object.at("spec");
  Volume volume;
  volume.name = names.intern(metadata.at("name").text());
  decode_node_affinity(spec, names, volume);
  decode_zones(metadata.at("labels"), names, volume);
  volume.csi_driver = names.intern(spec.at("csi").at("driver").text());
  volume.attached_in_tree = is_attached_in_tree(spec);
  return volume;
}

VolumeDrivers decode_volume_drivers(JsonField object, base::NamePool& names) {
  VolumeDrivers drivers;
  drivers.node = names.intern(object.at("metadata").at("name").text());
  for (const JsonField driver : object.at("spec").at("drivers").items()) {
    const bool limited = driver.at("allocatable").at("count").present();
    if (!limited) drivers.unlimited.push_back(names.intern(driver.at("name").text()));
  }
  return drivers;
}

}  // namespace migadapter::kube
