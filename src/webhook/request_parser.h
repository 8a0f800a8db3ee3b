// One HTTP/1.1 request after the other, from the bytes of a connection as they arrive.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "webhook/server.h"

namespace migadapter::webhook {

/// Parses requests and holds them to the limits. Keeps its buffers from one request to the next, so
/// that a connection in use allocates nothing. Not thread-safe.
class RequestParser {
 public:
  enum class Progress {
    more,            ///< feed what comes next
    wants_continue,  ///< as `more`, but the client waits for "100 Continue" first
    complete,        ///< request() is whole
    refused,         ///< refusal() says why; nothing more can be read from this connection
  };
  struct Fed {
    std::size_t consumed = 0;  ///< the rest belongs to what follows and is to be fed again
    Progress progress = Progress::more;
  };

  explicit RequestParser(const ServerLimits& limits);
  ~RequestParser();

  /// Takes what it can use of `bytes`. REQUIRES: the request is not complete and not refused.
  Fed feed(std::string_view bytes);

  /// How many bytes of body are held now.
  std::size_t body_bytes() const;

  /// The views hold until reset(). REQUIRES: complete.
  ServerRequest request() const;

  /// Whether the client wants to send another request after this one.
  bool keep_alive() const;

  /// REQUIRES: refused.
  ServerReply refusal() const;

  /// Forgets the request; the next one follows.
  void reset();

 private:
  class Message;
  std::unique_ptr<Message> message_;
};

}  // namespace migadapter::webhook
