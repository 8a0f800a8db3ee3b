// Resource maps and containers of a pod's spec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/name.h"
#include "cluster/pod.h"
#include "cluster/resources.h"
#include "cluster/review.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// Whether the scheduler adds the resource up: cpu, memory, ephemeral-storage, huge pages, pods and
/// extended resources. Attachable volumes and the like are left out.
bool is_counted_resource(std::string_view resource);

/// More than any node has of anything: 256 TiB of memory. Users may write larger quantities, which
/// are cut off to this, so that tens of thousands of pods and containers add up without overflow.
inline constexpr std::int64_t kMostAmount = std::int64_t{1} << 48;

/// The quantity of `resource`, in the units of ResourceAmount, at most kMostAmount. What is no
/// quantity is noted as the document's problem.
std::int64_t decode_amount(std::string_view resource, JsonField quantity);

/// The counted resources of a map such as status.allocatable.
cluster::ResourceList decode_resources(JsonField map, base::NamePool& names);

/// What a container requests; a limit without a request is a request.
cluster::ResourceList decode_requests(JsonField resources, base::NamePool& names);

/// One container of a pod's spec with its place there.
struct PodContainer {
  JsonField field;
  cluster::ContainerKind kind = cluster::ContainerKind::app;
  bool init = false;
  std::size_t index = 0;
};

/// Init containers first, as they run.
std::vector<PodContainer> pod_containers(JsonField spec);

/// What the containers ask for in MIG resources: the limit's count, else the request's. Zeros are
/// left out.
std::vector<cluster::ReviewedContainer> decode_mig_containers(
    const std::vector<PodContainer>& containers, base::NamePool& names);

/// What one container would ask for with these resources (resources of the spec, or an original of
/// them).
cluster::MigRequests decode_container_mig_requests(const PodContainer& container,
                                                   JsonField resources, base::NamePool& names);

/// What all of them ask for.
cluster::MigRequests decode_mig_requests(const std::vector<PodContainer>& containers,
                                         base::NamePool& names);

}  // namespace migadapter::kube
