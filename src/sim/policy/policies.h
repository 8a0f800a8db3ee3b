// The policies, each from a file of its own. policy.cc puts them in order.
#pragma once

#include "sim/policy.h"

namespace migadapter::sim {

Policy no_policy();
Policy whole_gpu_policy();
Policy default_static_policy();
Policy upgrade_policy();
Policy restore_eager_policy();
Policy restore_when_needed_policy();
Policy first_fit_policy();
Policy best_fit_policy();
Policy random_policy();
Policy fgd_policy();

}  // namespace migadapter::sim
