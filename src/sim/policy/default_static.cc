#include "sim/policy/policies.h"

namespace migadapter::sim {

Policy default_static_policy() {
  return {"default-static",
          "NVIDIA's all-balanced geometry on every GPU, and nobody restarts a pod.",
          Cutting::balanced, nullptr, nullptr};
}

}  // namespace migadapter::sim
