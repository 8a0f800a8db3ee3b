#include "cluster/pod.h"

#include <algorithm>

namespace migadapter::cluster {

bool seeks_node(const Pod& pod) {
  return !pod.finished() && !pod.terminating && !pod.gated && !pod.bound() &&
         pod.nominated_node.empty();
}

std::string full_name(const Pod& pod) {
  return pod.name_space.str() + "/" + pod.name;
}

std::optional<base::Name> single_resource(const MigRequests& requests) {
  if (requests.empty()) return std::nullopt;
  const base::Name& first = requests.front().resource;
  const bool alike =
      std::all_of(requests.begin(), requests.end(),
                  [&first](const MigRequest& request) { return request.resource == first; });
  return alike ? std::optional(first) : std::nullopt;
}

bool is_upgraded(const Pod& pod) {
  return pod.granted && pod.granted->demand != pod.mig_requests;
}

const MigRequests& demand_of(const Pod& pod) {
  return pod.granted ? pod.granted->demand : pod.mig_requests;
}

}  // namespace migadapter::cluster
