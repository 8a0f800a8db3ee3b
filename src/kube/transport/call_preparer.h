// Gives every request the identity and the authorities of the moment, on a thread of its own,
// because that may read files or run a program while other streams have to go on.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/result.h"
#include "kube/access.h"
#include "kube/transport/http_call.h"

namespace migadapter::kube {

/// Thread-safe.
class CallPreparer {
 public:
  /// Called on the preparer's thread with every call given to prepare(), in order.
  using Ready = std::function<void(std::unique_ptr<HttpCall>, base::Status)>;

  CallPreparer(std::shared_ptr<IdentitySource> identity, std::shared_ptr<TrustSource> trust,
               Ready ready);
  /// Hands over what is left with `cancelled`.
  ~CallPreparer();

  void prepare(std::unique_ptr<HttpCall> call);

 private:
  void run(const std::stop_token& stop);
  base::Status fill_in(HttpCall& call);
  void reject_identity_of(const HttpCall& call);

  const std::shared_ptr<IdentitySource> identity_;
  const std::shared_ptr<TrustSource> trust_;
  const Ready ready_;
  std::string last_token_;  // of the thread: what the source gave last
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::unique_ptr<HttpCall>> waiting_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace migadapter::kube
