// core/v1 PersistentVolumeClaim and PersistentVolume, storage.k8s.io/v1 CSINode ->
// cluster/volume.h.
#pragma once

#include "base/name.h"
#include "cluster/volume.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

cluster::VolumeClaim decode_volume_claim(JsonField object, base::NamePool& names);

/// A node affinity with an operator that we do not know matches no node.
cluster::Volume decode_volume(JsonField object, base::NamePool& names);

cluster::VolumeDrivers decode_volume_drivers(JsonField object, base::NamePool& names);

}  // namespace migadapter::kube
