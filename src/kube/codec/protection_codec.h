// Why a pod must be left alone, as its metadata and spec say.
#pragma once

#include "cluster/pod.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

inline constexpr std::string_view kUpgradeAnnotation = "migadapter.io/upgrade";
inline constexpr std::string_view kRestoreAnnotation = "migadapter.io/restore";

cluster::PodProtection decode_protection(JsonField metadata, JsonField spec);

}  // namespace migadapter::kube
