#include "cluster/constraints.h"

#include "base/check.h"

namespace migadapter::cluster {

std::string_view to_string(Unmodelled feature) {
  switch (feature) {
    case Unmodelled::topology_spread:
      return "spec.topologySpreadConstraints";
    case Unmodelled::volumes:
      return "spec.volumes";
    case Unmodelled::resource_claims:
      return "spec.resourceClaims";
    case Unmodelled::unknown_operator:
      return "an unknown selector or toleration operator";
    case Unmodelled::scheduling_group:
      return "spec.schedulingGroup";
    case Unmodelled::declared_features:
      return "a feature that nodes must declare";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

}  // namespace migadapter::cluster
