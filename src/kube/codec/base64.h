// Base64 as the API and kubeconfig files use it (RFC 4648, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migadapter::kube {

std::string to_base64(std::string_view bytes);

/// White space is skipped. Nothing when the text is not base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace migadapter::kube
