#include "webhook/reply_writer.h"

#include <fmt/format.h>

#include <iterator>

namespace migadapter::webhook {

std::string_view status_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

void append_reply(std::string& out, const ServerReply& reply, ReplyFraming framing) {
  fmt::format_to(std::back_inserter(out),
                 "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n", reply.status,
                 status_phrase(reply.status), reply.content_type, reply.body.size(),
                 framing.close ? "Connection: close\r\n" : "");
  if (!framing.headers_only) {
    out.append(reply.body);
  }
}

}  // namespace migadapter::webhook
