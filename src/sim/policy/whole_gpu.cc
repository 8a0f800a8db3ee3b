#include "sim/policy/policies.h"

namespace migadapter::sim {

Policy whole_gpu_policy() {
  return {"whole-gpu", "Every pod gets a whole GPU.", Cutting::whole, nullptr, nullptr};
}

}  // namespace migadapter::sim
