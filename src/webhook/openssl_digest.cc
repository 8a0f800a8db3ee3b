#include "webhook/openssl_digest.h"

#include <openssl/sha.h>

#include <array>

namespace migadapter::webhook {

std::string sha256_of(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return {digest.begin(), digest.end()};
}

}  // namespace migadapter::webhook
