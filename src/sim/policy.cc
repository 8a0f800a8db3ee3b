#include "sim/policy.h"

#include <algorithm>
#include <array>

#include "sim/policy/policies.h"

namespace migadapter::sim {

std::span<const Policy> policies() {
  static const std::array all = {
      no_policy(),      whole_gpu_policy(),     default_static_policy(),
      upgrade_policy(), restore_eager_policy(), restore_when_needed_policy(),
      random_policy(),  first_fit_policy(),     best_fit_policy(),
      fgd_policy(),
  };
  return all;
}

const Policy* find_policy(std::string_view name) {
  const auto found = std::ranges::find(policies(), name, &Policy::name);
  return found == policies().end() ? nullptr : &*found;
}

}  // namespace migadapter::sim
