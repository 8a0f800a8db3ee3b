#include "cluster/constraints.h"

#include "base/check.h"

namespace migadapter::cluster {

std::string_view to_string(Unmodelled feature) {
  switch (feature) {
    case Unmodelled::other_scheduler:
      return "spec.schedulerName";
    case Unmodelled::pod_affinity:
      return "spec.affinity.podAffinity";
    case Unmodelled::pod_anti_affinity:
      return "spec.affinity.podAntiAffinity";
    case Unmodelled::topology_spread:
      return "spec.topologySpreadConstraints";
    case Unmodelled::host_ports:
      return "hostPort";
    case Unmodelled::volumes:
      return "spec.volumes";
    case Unmodelled::resource_claims:
      return "spec.resourceClaims";
    case Unmodelled::unknown_operator:
      return "an unknown selector or toleration operator";
    case Unmodelled::pod_level_resources:
      return "spec.resources";
    case Unmodelled::scheduling_group:
      return "spec.schedulingGroup";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

}  // namespace migadapter::cluster
