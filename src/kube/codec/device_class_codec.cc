#include "kube/codec/device_class_codec.h"

namespace migadapter::kube {

cluster::DeviceClass decode_device_class(JsonField object, base::NamePool& names) {
  return {names.intern(object.at("metadata").at("name").text()),
          names.intern(object.at("spec").at("extendedResourceName").text())};
}

}  // namespace migadapter::kube
