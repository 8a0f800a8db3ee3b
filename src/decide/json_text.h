// The little JSON that decisions write themselves: strings inside annotations and patches.
#pragma once

#include <string>
#include <string_view>

namespace migadapter::decide {

/// The text as a JSON string, in quotes. RFC 8259 section 7; bytes above ASCII are kept.
std::string quoted(std::string_view text);

}  // namespace migadapter::decide
