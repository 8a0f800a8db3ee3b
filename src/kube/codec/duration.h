// Durations as our own objects write them: "90s", "10m", "1h30m".
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::kube {

/// Whole hours, minutes and seconds, added up. Errors: invalid_argument for anything else, and for
/// numbers of more than five digits.
base::Result<base::Millis> parse_duration(std::string_view text);

}  // namespace migadapter::kube
