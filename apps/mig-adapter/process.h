// The process: what is started, in which order, and how it ends.
#pragma once

#include "flags.h"

namespace migadapter::app {

/// Runs until SIGTERM or SIGINT. The exit code: 0 after a clean end, 1 when it could not start.
int run(const RunFlags& flags);

}  // namespace migadapter::app
