// Kubernetes quantities: "100m", "1.5Gi", "2e3".
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace migadapter::kube {

/// In what a quantity is counted.
enum class QuantityUnit {
  one,         ///< bytes, devices, pods
  thousandth,  ///< millicores
};

/// The quantity counted in `unit`, a remainder counting as a whole one and what is beyond 63 bits
/// cut off there, as the scheduler does. Errors: invalid_argument.
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
base::Result<std::int64_t> parse_quantity(std::string_view text, QuantityUnit unit);

}  // namespace migadapter::kube
