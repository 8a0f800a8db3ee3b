#include "sim/policy/policies.h"

namespace migadapter::sim {

Policy no_policy() {
  return {"none", "The geometry as it is, and nobody restarts a pod.", Cutting::as_given, nullptr,
          nullptr};
}

}  // namespace migadapter::sim
