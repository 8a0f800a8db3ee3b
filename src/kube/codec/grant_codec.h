// The annotations that say what a pod was asked to run with before a webhook changed it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/name.h"
#include "cluster/pod.h"
#include "kube/codec/json_reader.h"
#include "kube/codec/resource_codec.h"

namespace migadapter::kube {

/// Written by the Go adapter (https://github.com/IBM/mig-adapter, internal/adapter/webhook.go): the
/// resources as they were of each app container that it changed, in the form of the pod's spec:
/// `{"main":{"limits":{"nvidia.com/mig-1g.5gb":"1"},"requests":{"nvidia.com/mig-1g.5gb":"1"}}}`.
/// Containers it did not change are missing, and it never changes init containers.
inline constexpr std::string_view kGoAdapterAnnotation = "adapter.gpu.turbonomic.ibm.com/original";

/// Reads the record of a pod with these containers; ours goes before the Go adapter's. Nothing when
/// there is none, and when it cannot be read or names containers that the pod lacks: people can
/// write annotations, and a pod must not vanish from our view because of one.
class GrantCodec {
 public:
  explicit GrantCodec(base::NamePool& names) : names_(names) {}

  std::optional<cluster::GrantRecord> decode(JsonField annotations,
                                             const std::vector<PodContainer>& containers);

  /// The two forms by themselves.
  std::optional<cluster::MigRequests> decode_demand(std::string_view annotation,
                                                    const std::vector<PodContainer>& containers);
  std::optional<cluster::MigRequests> decode_original(std::string_view annotation,
                                                      const std::vector<PodContainer>& containers);

 private:
  base::NamePool& names_;
  JsonReader reader_;  ///< a document of its own inside the pod's
};

}  // namespace migadapter::kube
