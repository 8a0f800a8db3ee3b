#include "kube/codec/duration.h"

#include <charconv>
#include <chrono>
#include <optional>

namespace migadapter::kube {
namespace {

constexpr std::size_t kMostDigits = 5;
constexpr std::size_t kMostBytes = 20;

std::optional<base::Millis> unit(char letter) {
  switch (letter) {
    case 'h':
      return std::chrono::hours(1);
    case 'm':
      return std::chrono::minutes(1);
    case 's':
      return std::chrono::seconds(1);
    default:
      return std::nullopt;
  }
}

/// Takes one number with its unit off the front.
std::optional<base::Millis> take_part(std::string_view& text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  const bool sound = digits != std::string_view::npos && digits > 0 && digits <= kMostDigits;
  const auto length = sound ? unit(text[digits]) : std::nullopt;
  if (!length) return std::nullopt;
  int number = 0;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits + 1);
  return number * *length;
}

}  // namespace

base::Result<base::Millis> parse_duration(std::string_view text) {
  const base::Error no_time(
      base::ErrorCode::invalid_argument,
      "write a time in hours, minutes and seconds, such as 90s, 10m or 1h30m");
  if (text.empty() || text.size() > kMostBytes) return no_time;
  base::Millis sum{0};
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part) return no_time;
    sum += *part;
  }
  return sum;
}

}  // namespace migadapter::kube
