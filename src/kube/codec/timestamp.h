// Times as the Kubernetes API writes them (RFC 3339, UTC).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::kube {

/// metav1.Time: "2026-01-31T09:15:00Z".
std::string to_timestamp(base::WallTime time);

/// metav1.MicroTime: "2026-01-31T09:15:00.250000Z".
std::string to_micro_timestamp(base::WallTime time);

/// Either form, with any number of fraction digits and any offset. Errors: invalid_argument.
base::Result<base::WallTime> parse_timestamp(std::string_view text);

}  // namespace migadapter::kube
