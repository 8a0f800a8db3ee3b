#include "webhook/request_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace migadapter::webhook {
namespace {

using Progress = RequestParser::Progress;

/// The body of the request whose bytes arrive in pieces of this size; a refusal's text for one that
/// is refused.
std::string body_in_pieces(std::string_view bytes, std::size_t piece) {
  RequestParser parser(ServerLimits{});
  std::string waiting;
  while (!bytes.empty()) {
    waiting.append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    const RequestParser::Fed fed = parser.feed(waiting);
    waiting.erase(0, fed.consumed);
    if (fed.progress == Progress::refused) return parser.refusal().body;
    if (fed.progress == Progress::complete) return std::string(parser.request().body);
  }
  return "incomplete";
}

TEST(RequestParser, ABodyInChunksMayArriveInPiecesOfAnySize) {
  constexpr std::string_view kRequest =
      "POST /review HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;name=value\r\n{\"a\":\r\n2\r\n1}\r\n0\r\nTrailer: x\r\n\r\n";
  for (std::size_t piece = 1; piece <= kRequest.size(); ++piece) {
    EXPECT_EQ(body_in_pieces(kRequest, piece), R"({"a":1})") << piece;
  }
}

TEST(RequestParser, TheLastChunkAloneMayArriveByteByByte) {
  constexpr std::string_view kRequest =
      "POST /review HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (std::size_t piece = 1; piece <= kRequest.size(); ++piece) {
    EXPECT_EQ(body_in_pieces(kRequest, piece), "") << piece;
  }
}

}  // namespace
}  // namespace migadapter::webhook
