// HTTP to one API server, over kept-alive TLS connections, without blocking the caller.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "kube/access.h"

namespace migadapter::kube {

struct HttpRequest {
  std::string method = "GET";
  std::string path;  ///< with its query, starting with '/'
  std::string body;
  std::string content_type = "application/json";
  base::Millis timeout{30'000};  ///< for a stream: until the headers arrive
  /// For a stream: how long no byte may arrive before the connection is taken for dead. 0: no
  /// limit.
  base::Millis idle_timeout{0};
};

/// The most that we wait because a server asks us to: what it asks for may be nonsense.
inline constexpr base::Millis kLongestRetryAfter{300'000};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::optional<base::Millis> retry_after;  ///< at most kLongestRetryAfter
};

/// What a response's bytes are handed to as they arrive. All calls come from the transport's
/// thread, in order; none may block.
class HttpSink {
 public:
  virtual ~HttpSink() = default;
  virtual void on_status(int status, std::optional<base::Millis> retry_after) = 0;
  virtual void on_bytes(std::string_view bytes) = 0;
  /// The last call: ok when the server ended the response properly.
  virtual void on_end(base::Status end) = 0;
};

/// Thread-safe. `done` and sinks are called on the transport's own thread.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  /// Sends and collects the whole response. An HTTP error status is a response, not an Error; an
  /// Error means that no whole answer came (unavailable, timeout, cancelled).
  virtual void send(HttpRequest request, std::function<void(base::Result<HttpResponse>)> done) = 0;

  /// Sends and streams the response. Dropping the handle ends the stream; when that returns no call
  /// to the sink is under way or will follow, unless it is dropped from within such a call.
  class Stream {
   public:
    virtual ~Stream() = default;
  };
  virtual std::unique_ptr<Stream> stream(HttpRequest request, std::shared_ptr<HttpSink> sink) = 0;

  /// Calls `task` on the transport's thread after `delay`; never after the transport is destroyed.
  virtual void run_after(base::Millis delay, std::function<void()> task) = 0;
};

/// A transport over libcurl with one thread. Requests still under way when it is destroyed end with
/// `cancelled`. Retries once where the connection was closed before any byte of the answer to a
/// GET, PUT or DELETE (GOAWAY, server restart), and once with a new identity after a 401. `log`
/// must outlive the transport. REQUIRES: `access` has trust and identity.
std::unique_ptr<HttpTransport> make_curl_transport(Access access, base::Logger& log);

}  // namespace migadapter::kube
