// What can be kept of a secret to know it again.
#pragma once

#include <string>
#include <string_view>

namespace migadapter::webhook {

/// The SHA-256 of the bytes, 32 bytes.
std::string sha256_of(std::string_view bytes);

}  // namespace migadapter::webhook
