#include "stop_signals.h"

#include <csignal>
#include <ctime>

namespace migadapter::app {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool StopSignals::wait_for(base::Millis timeout) {
  if (asked_to_stop_) return true;
  const sigset_t signals = stop_signals();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const timespec period{seconds.count(), std::chrono::nanoseconds(timeout - seconds).count()};
  if (sigtimedwait(&signals, nullptr, &period) < 0) return false;
  asked_to_stop_ = true;
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return true;
}

}  // namespace migadapter::app
