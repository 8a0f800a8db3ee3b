#include "listen_address.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace migadapter::app {
namespace {

base::Error bad_address(std::string_view what, std::string_view text, std::string_view wanted) {
  return {base::ErrorCode::invalid_argument,
          fmt::format("{} \"{}\": must be {}", what, text, wanted)};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(port) : std::nullopt;
}

/// Splits at the colon before the port; an IPv6 address has its own in brackets.
std::optional<HostPort> split(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find(']', colon) != std::string_view::npos)
    return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  return HostPort{std::string(host), *port};
}

}  // namespace

base::Result<HostPort> parse_listen_address(std::string_view text, std::string_view what) {
  auto parsed = split(text);
  if (!parsed) return bad_address(what, text, "ADDRESS:PORT, an IPv6 address in brackets");
  if (parsed->host.empty()) parsed->host = "0.0.0.0";
  return *parsed;
}

base::Result<HostPort> parse_webhook_url(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kWanted = "https://HOST or https://HOST:PORT without a path";
  if (!url.starts_with(kScheme)) return bad_address("--webhook-url", url, kWanted);
  std::string_view rest = url.substr(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const bool has_port = rest.rfind(':') != std::string_view::npos && !rest.ends_with(']');
  auto parsed = split(has_port ? std::string(rest) : std::string(rest) + ":443");
  if (!parsed || parsed->host.empty() || rest.find('/') != std::string_view::npos)
    return bad_address("--webhook-url", url, kWanted);
  return *parsed;
}

}  // namespace migadapter::app
