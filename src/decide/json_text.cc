#include "decide/json_text.h"

#include <fmt/format.h>

namespace migadapter::decide {

std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      json += '\\';
      json += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<unsigned char>(character));
    } else {
      json += character;
    }
  }
  return json += '"';
}

}  // namespace migadapter::decide
