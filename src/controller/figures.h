// What the controller has done since it started, for metrics.
#pragma once

#include "base/word_counts.h"

namespace migadapter::controller {

/// Written by the controller's thread, read by any. The words are those of docs/reasons.md.
struct Figures {
  base::WordCounts refusals;   ///< waiting pods that are left as they are, by reason
  base::WordCounts evictions;  ///< asked for: "upgrade" and "restore"
  base::WordCounts outcomes;   ///< how moves ended: "Confirmed" or the failure
};

}  // namespace migadapter::controller
