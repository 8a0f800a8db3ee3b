// The bytes of an HTTP/1.1 response.
#pragma once

#include <string>
#include <string_view>

#include "webhook/server.h"

namespace migadapter::webhook {

/// What the client is told beside the reply itself.
struct ReplyFraming {
  bool close = false;         ///< no further request is read from this connection
  bool headers_only = false;  ///< the answer to HEAD
};

/// "Not Found" for 404; "Unknown" for a status this server never sends.
std::string_view status_phrase(int status);

/// Appends the whole response to `out`.
void append_reply(std::string& out, const ServerReply& reply, ReplyFraming framing);

}  // namespace migadapter::webhook
