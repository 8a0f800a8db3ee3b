// Why a pod must be left alone, as its metadata and spec say.
#pragma once

#include "cluster/pod.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

cluster::PodProtection decode_protection(JsonField metadata, JsonField spec);

}  // namespace migadapter::kube
