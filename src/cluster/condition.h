// The conditions that objects of ours carry in their status.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace migadapter::cluster {

/// metav1.Condition.
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
struct Condition {
  std::string type;
  bool holds = false;  ///< status "True"; else "False"
  std::string reason;
  std::string message;
  std::int64_t observed_generation = 0;
  base::WallTime last_transition{};  ///< when `holds` last changed
  friend bool operator==(const Condition&, const Condition&) = default;
};

}  // namespace migadapter::cluster
