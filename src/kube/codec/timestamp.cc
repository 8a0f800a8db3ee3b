#include "kube/codec/timestamp.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace migadapter::kube {
namespace {

using std::chrono::days;
using std::chrono::floor;

std::string to_seconds(base::WallTime time) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

/// Takes fixed-width numbers and separators off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<int> number(std::size_t width) {
    int value = 0;
    if (rest_.size() < width) return std::nullopt;
    const char* end = rest_.data() + width;
    const auto parsed = std::from_chars(rest_.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || value < 0) return std::nullopt;
    rest_.remove_prefix(width);
    return value;
  }
  bool skip(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<base::WallTime> read_date(Reader& reader) {
  const auto year = reader.number(4);
  if (!year || !reader.skip('-')) return std::nullopt;
  const auto month = reader.number(2);
  if (!month || !reader.skip('-')) return std::nullopt;
  const auto day = reader.number(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<base::Millis> read_fraction(Reader& reader) {
  if (!reader.skip('.')) return base::Millis(0);
  int weight = 100;
  int millis = 0;
  bool any = false;
  while (reader.next() >= '0' && reader.next() <= '9') {
    millis += weight * *reader.number(1);
    weight /= 10;
    any = true;
  }
  if (!any) return std::nullopt;
  return base::Millis(millis);
}

std::optional<base::Millis> read_hours_and_minutes(Reader& reader) {
  const auto hours = reader.number(2);
  if (!hours || *hours > 23 || !reader.skip(':')) return std::nullopt;
  const auto minutes = reader.number(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

std::optional<base::Millis> read_time_of_day(Reader& reader) {
  const auto minutes = read_hours_and_minutes(reader);
  if (!minutes || !reader.skip(':')) return std::nullopt;
  const auto seconds = reader.number(2);
  if (!seconds || *seconds > 60) return std::nullopt;
  const auto fraction = read_fraction(reader);
  if (!fraction) return std::nullopt;
  return *minutes + std::chrono::seconds(*seconds) + *fraction;
}

std::optional<base::Millis> read_offset(Reader& reader) {
  if (reader.skip('Z')) return base::Millis(0);
  const bool east = reader.next() == '+';
  if (!reader.skip('+') && !reader.skip('-')) return std::nullopt;
  const auto offset = read_hours_and_minutes(reader);
  if (!offset) return std::nullopt;
  return east ? *offset : -*offset;
}

/// Years have four digits. A moment at either end may lie beyond them once its offset is taken off.
bool is_writable(base::WallTime moment) {
  const auto year = std::chrono::year_month_day(floor<days>(moment)).year();
  return year >= std::chrono::year(0) && year <= std::chrono::year(9999);
}

std::optional<base::WallTime> read_timestamp(Reader reader) {
  const auto date = read_date(reader);
  if (!date || !reader.skip('T')) return std::nullopt;
  const auto time = read_time_of_day(reader);
  if (!time) return std::nullopt;
  const auto offset = read_offset(reader);
  if (!offset || !reader.at_end()) return std::nullopt;
  const base::WallTime moment = *date + *time - *offset;
  return is_writable(moment) ? std::optional(moment) : std::nullopt;
}

}  // namespace

std::string to_timestamp(base::WallTime time) {
  return to_seconds(time) + "Z";
}

std::string to_micro_timestamp(base::WallTime time) {
  const auto fraction = time - floor<std::chrono::seconds>(time);
  return fmt::format("{}.{:03}000Z", to_seconds(time), fraction.count());
}

base::Result<base::WallTime> parse_timestamp(std::string_view text) {
  if (const auto time = read_timestamp(Reader(text))) return *time;
  return base::Error(base::ErrorCode::invalid_argument,
                     fmt::format("\"{}\" is not an RFC 3339 time", text));
}

}  // namespace migadapter::kube
