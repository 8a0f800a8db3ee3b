// "ADDRESS:PORT" and the parts of the webhook's URL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace migadapter::app {

struct HostPort {
  std::string host;  ///< without the brackets of an IPv6 address
  std::uint16_t port = 0;
};

/// Parses "10.0.0.1:9443", "[::1]:9443" or ":9443" (all addresses). `what` names the flag in
/// errors.
base::Result<HostPort> parse_listen_address(std::string_view text, std::string_view what);

/// Parses "https://HOST[:PORT]"; the port is 443 where none is given.
base::Result<HostPort> parse_webhook_url(std::string_view url);

}  // namespace migadapter::app
