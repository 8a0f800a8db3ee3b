#include "cluster/requests.h"

#include <algorithm>
#include <utility>

namespace migadapter::cluster {

ResourceList effective_requests(const std::vector<ContainerRequests>& containers,
                                const ResourceList& overhead) {
  ResourceList running;   // applications and sidecars, which run together
  ResourceList sidecars;  // those started so far
  ResourceList peak;      // the most that any init container needs beside the sidecars before it
  for (const ContainerRequests& container : containers) {
    if (container.kind == ContainerKind::init) {
      ResourceList while_initialising = sidecars;
      while_initialising.add(container.requests);
      peak.raise_to(while_initialising);
      continue;
    }
    running.add(container.requests);
    if (container.kind != ContainerKind::sidecar) continue;
    sidecars.add(container.requests);
    peak.raise_to(sidecars);
  }
  running.raise_to(peak);
  running.add(overhead);
  return running;
}

ResourceList effective_mig_requests(const MigRequests& requests) {
  std::vector<ContainerRequests> containers;
  containers.reserve(requests.size());
  for (const MigRequest& request : requests) {
    containers.push_back({request.kind, ResourceList{{request.resource, request.count}}});
  }
  return effective_requests(containers, {});
}

MigRequests with_resource_replaced(const MigRequests& requests, const base::Name& demand,
                                   const base::Name& grant) {
  MigRequests replaced;
  replaced.reserve(requests.size());
  for (MigRequest request : requests) {
    if (request.resource == demand) request.resource = grant;
    const auto same = std::find_if(replaced.begin(), replaced.end(), [&](const MigRequest& other) {
      return other.container == request.container && other.resource == request.resource;
    });
    if (same == replaced.end()) {
      replaced.push_back(std::move(request));
    } else {
      same->count += request.count;
    }
  }
  return replaced;
}

ResourceList requests_with(const Pod& pod, const MigRequests& mig_requests) {
  ResourceList requests = pod.requests;
  requests.subtract(effective_mig_requests(pod.mig_requests));
  requests.add(effective_mig_requests(mig_requests));
  return requests;
}

}  // namespace migadapter::cluster
