// Signals belong to the main thread; the threads of the transport take none.
#pragma once

namespace migadapter::kube {

/// Blocks every signal in the calling thread: SIGTERM goes to the thread that waits for it, and a
/// write to a closed socket is an error instead of SIGPIPE.
void block_signals_in_this_thread();

}  // namespace migadapter::kube
