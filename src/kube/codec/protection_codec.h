// Why a pod must be left alone, as its metadata and spec say.
#pragma once

#include "base/name.h"
#include "cluster/pod.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

cluster::PodProtection decode_protection(JsonField metadata, JsonField spec, base::NamePool& names);

/// Whether one of the labels, or annotations, is Kueue's: it has admitted the object, or will.
bool has_kueue_key(JsonField map);

}  // namespace migadapter::kube
