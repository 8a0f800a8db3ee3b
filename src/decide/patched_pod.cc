#include "decide/patched_pod.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "cluster/requests.h"

namespace migadapter::decide {
namespace {

using cluster::MigRequest;
using cluster::MigRequests;
using cluster::Pod;
using cluster::Toleration;

bool asks_for(const MigRequests& requests, const base::Name& resource) {
  return std::any_of(requests.begin(), requests.end(), [&resource](const MigRequest& request) {
    return request.resource == resource;
  });
}

std::vector<Toleration> tolerations_of(const Pod& pod, const MigRequests& granted, bool adds) {
  std::vector<Toleration> tolerations = pod.constraints->tolerations;
  std::erase_if(tolerations, [&](const Toleration& toleration) {
    return asks_for(pod.mig_requests, toleration.key) &&
           !asks_for(cluster::demand_of(pod), toleration.key);
  });
  if (!adds) return tolerations;
  for (const MigRequest& request : granted) {
    tolerations.push_back(
        {request.resource, base::Name(), true, false, cluster::TaintEffect::no_schedule});
  }
  return tolerations;
}

}  // namespace

Pod patched_pod(const cluster::Snapshot& snapshot, const Pod& pod, const MigRequests& granted) {
  Pod patched = pod;
  patched.requests = cluster::requests_with(pod, granted);
  patched.mig_requests = granted;
  std::vector<Toleration> tolerations =
      tolerations_of(pod, granted, snapshot.scheduler().tolerates_extended_resources);
  if (tolerations == pod.constraints->tolerations) return patched;
  cluster::Constraints constraints = *pod.constraints;
  constraints.tolerations = std::move(tolerations);
  patched.constraints = std::make_shared<const cluster::Constraints>(std::move(constraints));
  return patched;
}

}  // namespace migadapter::decide
