// SIGTERM and SIGINT: the first asks the program to end in order, the second ends it at once.
#pragma once

#include "base/clock.h"

namespace migadapter::app {

/// Used by one thread, the main one. Create it before any other thread, which inherits that these
/// signals are blocked.
class StopSignals {
 public:
  StopSignals();

  /// Waits for the first signal; true once it has come, be it earlier. From then on a second one
  /// ends the program at once, as it does every other program.
  bool wait_for(base::Millis timeout);
  /// Whether the first has come and was waited for.
  bool asked_to_stop() const { return asked_to_stop_; }

 private:
  bool asked_to_stop_ = false;
};

}  // namespace migadapter::app
