#include "kube/codec/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace migadapter::kube {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr Wide kMost = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());
/// More digits than these cannot change a result of 19 digits except by rounding it up.
constexpr int kKeptDigits = 25;
/// So many digits behind the point leave a bit to spare in a Wide, for doubling.
constexpr int kKeptFraction = 37;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// digits * 10^ten * 2^two, a little more when `more`.
struct Magnitude {
  Wide digits = 0;
  int ten = 0;
  int two = 0;
  bool more = false;
};

/// What follows the digits. Exponents are bounded, so that sums of them cannot overflow.
struct Suffix {
  int ten = 0;
  int two = 0;
};

std::optional<Suffix> parse_exponent(std::string_view text) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr int kMostExponent = 1'000'000;
  if (exponent > kMostExponent || exponent < -kMostExponent) return std::nullopt;
  return Suffix{exponent, 0};
}

std::optional<Suffix> parse_suffix(std::string_view text) {
  if (text.empty()) return Suffix{};
  if ((text[0] == 'e' || text[0] == 'E') && text.size() > 1 && text != "Ei") {
    return parse_exponent(text.substr(1));
  }
  constexpr std::string_view kBinary = "KMGTPE";
  if (text.size() == 2 && text[1] == 'i') {
    const std::size_t index = kBinary.find(text[0]);
    if (index == std::string_view::npos) return std::nullopt;
    return Suffix{0, 10 * (static_cast<int>(index) + 1)};
  }
  constexpr std::string_view kDecimal = "num kMGTPE";  // the blank is "no suffix": nano is -9
  const std::size_t index = kDecimal.find(text[0]);
  if (text.size() != 1 || text[0] == ' ' || index == std::string_view::npos) return std::nullopt;
  return Suffix{3 * (static_cast<int>(index) - 3), 0};
}

/// Takes the digits off the front of `text`.
std::optional<Magnitude> take_digits(std::string_view& text) {
  Magnitude magnitude;
  bool any = false;
  bool fraction = false;
  int kept = 0;
  for (; !text.empty(); text.remove_prefix(1)) {
    const char c = text.front();
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (!is_digit(c)) break;
    any = true;
    if (kept < kKeptDigits) {
      magnitude.digits = magnitude.digits * 10 + static_cast<Wide>(c - '0');
      if (magnitude.digits != 0) ++kept;
      if (fraction) --magnitude.ten;
    } else {
      magnitude.more |= c != '0';
      if (!fraction) ++magnitude.ten;
    }
  }
  return any ? std::optional(magnitude) : std::nullopt;
}

/// value * base^power, cut off above what 63 bits can hold.
Wide times_power(Wide value, unsigned base, int power) {
  for (; power > 0 && value != 0 && value <= kMost; --power) value *= base;
  return value > kMost ? kMost : value;
}

/// 10^power. REQUIRES: power <= kKeptFraction.
Wide power_of_ten(int power) {
  Wide value = 1;
  for (; power > 0; --power) value *= 10;
  return value;
}

/// The fraction shortened to kKeptFraction digits.
void shorten_fraction(Magnitude& magnitude) {
  for (; magnitude.ten < -kKeptFraction && magnitude.digits != 0; ++magnitude.ten) {
    magnitude.more |= magnitude.digits % 10 != 0;
    magnitude.digits /= 10;
  }
}

/// A magnitude with a fraction as a whole number, rounded up. Doubled digit by digit, as long
/// division does it: the product would not fit into a Wide.
Wide fraction_rounded_up(Magnitude magnitude) {
  shorten_fraction(magnitude);
  if (magnitude.digits == 0) return magnitude.more ? 1 : 0;
  const Wide divisor = power_of_ten(-magnitude.ten);
  Wide whole = magnitude.digits / divisor;
  Wide rest = magnitude.digits % divisor;
  for (int doubled = 0; doubled < magnitude.two && whole <= kMost; ++doubled) {
    rest *= 2;
    whole = whole * 2 + rest / divisor;
    rest %= divisor;
  }
  return rest != 0 || magnitude.more ? whole + 1 : whole;
}

/// The magnitude as a whole number, rounded up, cut off above what 63 bits can hold.
std::int64_t rounded_up(const Magnitude& magnitude) {
  if (magnitude.ten < 0) {
    return static_cast<std::int64_t>(std::min(fraction_rounded_up(magnitude), kMost));
  }
  const Wide scaled = times_power(magnitude.digits, 10, magnitude.ten);
  return static_cast<std::int64_t>(times_power(scaled, 2, magnitude.two));
}

base::Error not_a_quantity(std::string_view text) {
  return base::Error(base::ErrorCode::invalid_argument,
                     fmt::format("not a quantity: \"{}\"", text.substr(0, 64)));
}

}  // namespace

base::Result<std::int64_t> parse_quantity(std::string_view text, QuantityUnit unit) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  std::optional<Magnitude> magnitude = take_digits(rest);
  const std::optional<Suffix> suffix = parse_suffix(rest);
  if (!magnitude || !suffix) return not_a_quantity(text);
  magnitude->ten += suffix->ten + (unit == QuantityUnit::thousandth ? 3 : 0);
  magnitude->two = suffix->two;
  const std::int64_t amount = rounded_up(*magnitude);
  return negative ? -amount : amount;
}

}  // namespace migadapter::kube
