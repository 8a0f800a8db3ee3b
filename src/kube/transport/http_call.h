// One request on its way through the transport, and the guard that keeps its sink from being
// called when nobody listens any more.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "kube/access.h"
#include "kube/http.h"

namespace migadapter::kube {

/// Passes calls on to a sink until it is closed or the response has ended. Thread-safe: when close
/// returns no call is under way or will follow, unless it is called from within one.
class SinkGate {
 public:
  explicit SinkGate(std::shared_ptr<HttpSink> sink) : sink_(std::move(sink)) {}

  void on_status(int status, std::optional<base::Millis> retry_after);
  void on_bytes(std::string_view bytes);
  void on_end(base::Status end);  ///< closes, too

  void close();
  bool closed() const;

 private:
  mutable std::recursive_mutex mutex_;  // recursive: a sink may drop its stream from within a call
  std::shared_ptr<HttpSink> sink_;
};

/// Owned by one thread at a time: the preparer's, then the transport's.
struct HttpCall {
  HttpRequest request;
  std::shared_ptr<SinkGate> gate;
  bool is_stream = false;
  base::MonotonicTime deadline{};  ///< of the whole answer; for a stream, of its headers

  Identity identity;  ///< filled in by the preparer, like `authorities_pem`
  std::string authorities_pem;
  bool identity_was_rejected = false;  ///< the last answer was 401
  bool retried_after_rejection = false;
  bool retried_after_close = false;
};

}  // namespace migadapter::kube
