// The published formula for what a pod occupies on a node.
// https://github.com/kubernetes/component-helpers/blob/master/resource/helpers.go, KEP-753 (sidecar
// containers).
#pragma once

#include <vector>

#include "cluster/pod.h"

namespace migadapter::cluster {

/// One container's requests, in the order of the pod's spec, init containers first.
struct ContainerRequests {
  ContainerKind kind = ContainerKind::app;
  ResourceList requests;
};

/// max( apps + sidecars , max over init i of (init i + sidecars before i) ) + overhead.
ResourceList effective_requests(const std::vector<ContainerRequests>& containers,
                                const ResourceList& overhead);

/// The same formula over the MIG requests of a pod. No overhead: no RuntimeClass can ask for a
/// device.
ResourceList effective_mig_requests(const MigRequests& requests);

/// The MIG requests with every `demand` turned into as many `grant`: N devices stay N devices, and
/// join those of the grant that the same container asks for already.
MigRequests with_resource_replaced(const MigRequests& requests, const base::Name& demand,
                                   const base::Name& grant);

/// The pod's effective requests if its containers asked for `mig_requests` instead of what they ask
/// for now.
ResourceList requests_with(const Pod& pod, const MigRequests& mig_requests);

}  // namespace migadapter::cluster
