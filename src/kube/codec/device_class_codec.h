// resource.k8s.io/v1 DeviceClass -> cluster::DeviceClass.
#pragma once

#include "base/name.h"
#include "cluster/device_class.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

cluster::DeviceClass decode_device_class(JsonField object, base::NamePool& names);

}  // namespace migadapter::kube
