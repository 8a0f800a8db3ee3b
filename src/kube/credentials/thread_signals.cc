#include "kube/credentials/thread_signals.h"

#include <signal.h>

namespace migadapter::kube {

void block_signals_in_this_thread() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace migadapter::kube
