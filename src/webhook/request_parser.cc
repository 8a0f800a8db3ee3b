#include "webhook/request_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace migadapter::webhook {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

/// A body buffer that grew beyond this for one large request is not kept for the next.
constexpr std::size_t kKeptBodyBytes = 64 * 1024;

/// As long as a body in chunks is not complete, so many bytes are still to come: "0\r\n\r\n". With
/// fewer at hand, Beast's parser may run into an assertion of its own where the last chunk arrives
/// in pieces (basic_parser.ipp, parse_chunk_header).
constexpr std::size_t kLeastChunkBytes = 5;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// What we keep of a request. The strings outlive the parser of one message.
struct Parts {
  std::string method;
  std::string target;
  std::string content_type;
  std::string authorization;
  std::string body;
  bool expects_continue = false;

  void clear() {
    method.clear();
    target.clear();
    content_type.clear();
    authorization.clear();
    body.clear();
    if (body.capacity() > kKeptBodyBytes) {
      body.shrink_to_fit();
    }
    expects_continue = false;
  }
};

/// Beast's grammar with our own storage: only the fields that somebody reads are kept, and the body
/// grows with the bytes that came, not with the length that the client claims.
class MessageParser final : public http::basic_parser<true> {
 public:
  MessageParser(Parts& parts, const ServerLimits& limits) : parts_(parts) {
    eager(true);
    body_limit(limits.most_body_bytes);
    header_limit(static_cast<std::uint32_t>(limits.most_header_bytes));
  }

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int,
                       error_code&) override {
    parts_.method = view(method);
    parts_.target = view(target);
  }

  void on_field_impl(http::field name, beast::string_view, beast::string_view value,
                     error_code&) override {
    if (name == http::field::content_type) {
      parts_.content_type = view(value);
    } else if (name == http::field::authorization) {
      parts_.authorization = view(value);
    } else if (name == http::field::expect) {
      parts_.expects_continue = beast::iequals(value, "100-continue");
    }
  }

  std::size_t on_body_impl(beast::string_view bytes, error_code&) override {
    parts_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code&) override {
    parts_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  Parts& parts_;
};

ServerReply refusal_of(const error_code& error) {
  if (error == http::error::body_limit) {
    return {.status = 413, .body = "The body is larger than this server reads.\n"};
  }
  if (error == http::error::header_limit) {
    return {.status = 431, .body = "The header is larger than this server reads.\n"};
  }
  return {.status = 400, .body = "This is not a well-formed HTTP/1.1 request.\n"};
}

}  // namespace

class RequestParser::Message {
 public:
  explicit Message(const ServerLimits& message_limits) : limits(message_limits) { restart(); }

  void restart() {
    parts.clear();
    parser.emplace(parts, limits);
    header_bytes = 0;
    continued = false;
    error = {};
  }

  /// Beast holds only what it has not consumed to its header limit; many small fields that trickle
  /// in would pass it.
  void count_header(std::size_t bytes) {
    if (parser->is_header_done()) {
      return;
    }
    header_bytes += bytes;
    if (header_bytes > limits.most_header_bytes) {
      error = http::error::header_limit;
    }
  }

  const ServerLimits limits;
  Parts parts;
  std::optional<MessageParser> parser;
  std::size_t header_bytes = 0;
  bool continued = false;
  error_code error;
};

RequestParser::RequestParser(const ServerLimits& limits)
    : message_(std::make_unique<Message>(limits)) {}

RequestParser::~RequestParser() = default;

RequestParser::Fed RequestParser::feed(std::string_view bytes) {
  Message& message = *message_;
  Fed fed;
  const bool in_chunks = message.parser->is_header_done() && message.parser->chunked();
  if (in_chunks && bytes.size() < kLeastChunkBytes) return fed;
  fed.consumed =
      message.parser->put(boost::asio::const_buffer(bytes.data(), bytes.size()), message.error);
  if (message.error == http::error::need_more) {
    message.error = {};
  }
  message.count_header(fed.consumed);
  if (message.error) {
    fed.progress = Progress::refused;
  } else if (message.parser->is_done()) {
    fed.progress = Progress::complete;
  } else if (message.parser->is_header_done() && message.parts.expects_continue &&
             !std::exchange(message.continued, true)) {
    fed.progress = Progress::wants_continue;
  }
  return fed;
}

std::size_t RequestParser::body_bytes() const {
  return message_->parts.body.size();
}

ServerRequest RequestParser::request() const {
  const Parts& parts = message_->parts;
  const std::string_view target = parts.target;
  const std::size_t path_bytes = std::min(target.find('?'), target.size());
  return {.method = parts.method,
          .path = target.substr(0, path_bytes),
          .query = target.substr(std::min(path_bytes + 1, target.size())),
          .content_type = parts.content_type,
          .authorization = parts.authorization,
          .body = parts.body};
}

bool RequestParser::keep_alive() const {
  return message_->parser->keep_alive();
}

ServerReply RequestParser::refusal() const {
  return refusal_of(message_->error);
}

void RequestParser::reset() {
  message_->restart();
}

}  // namespace migadapter::webhook
