#include "sim/workload/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "sim/workload/text_file.h"

namespace migadapter::sim {
namespace {

base::Error mistake(const std::string& what) {
  return {base::ErrorCode::invalid_argument, what};
}

std::string place_of(int line) {
  return "line " + std::to_string(line);
}

/// Reads one record after the other.
class Records {
 public:
  explicit Records(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  int line() const { return line_; }

  /// The values of the next record; nothing where a quote does not end.
  std::optional<std::vector<std::string>> next() {
    std::vector<std::string> values;
    while (true) {
      auto value = rest_.starts_with('"') ? quoted() : plain();
      if (!value) return std::nullopt;
      values.push_back(*std::move(value));
      if (!rest_.starts_with(',')) break;
      rest_.remove_prefix(1);
    }
    end_line();
    return values;
  }

 private:
  std::optional<std::string> plain() {
    const std::size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
    std::string value(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return value;
  }

  /// Two quotes stand for one.
  std::optional<std::string> quoted() {
    std::string value;
    while (true) {
      const std::size_t end = rest_.find('"', 1);
      if (end == std::string_view::npos) return std::nullopt;
      value += rest_.substr(1, end - 1);
      line_ += static_cast<int>(std::ranges::count(rest_.substr(0, end), '\n'));
      rest_.remove_prefix(end + 1);
      if (!rest_.starts_with('"')) return value;
      value += '"';
    }
  }

  void end_line() {
    if (rest_.starts_with('\r')) rest_.remove_prefix(1);
    if (rest_.starts_with('\n')) rest_.remove_prefix(1);
    ++line_;
  }

  std::string_view rest_;
  int line_ = 1;
};

}  // namespace

bool CsvRow::has(std::string_view column) const {
  return std::ranges::find(columns_, column) != columns_.end();
}

std::string_view CsvRow::text(std::string_view column) {
  const auto found = std::ranges::find(columns_, column);
  if (found == columns_.end()) {
    fail("the column " + std::string(column) + " is missing");
    return {};
  }
  return values_[static_cast<std::size_t>(found - columns_.begin())];
}

std::int64_t CsvRow::number(std::string_view column) {
  const std::string_view value = text(column);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc() && end == value.data() + value.size()) return number;
  fail(std::string(column) + " must be a whole number, not \"" + std::string(value) + "\"");
  return 0;
}

std::int64_t CsvRow::number_or(std::string_view column, std::int64_t otherwise) {
  return has(column) && !text(column).empty() ? number(column) : otherwise;
}

double CsvRow::decimal(std::string_view column) {
  const std::string_view value = text(column);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = error == std::errc() && end == value.data() + value.size();
  if (whole && number >= 0 && std::isfinite(number)) return number;
  fail(std::string(column) + " must be a number, not negative, and not \"" + std::string(value) +
       "\"");
  return 0;
}

base::Millis CsvRow::seconds(std::string_view column) {
  constexpr double kMost = 1e9;  // 30 years
  const double number = decimal(column);
  if (number > kMost) fail(std::string(column) + " must be less than 1e9 seconds");
  return base::Millis(std::llround(std::min(number, kMost) * 1000));
}

void CsvRow::fail(const std::string& what) {
  if (status_.ok()) status_ = mistake(place_ + ": " + what);
}

CsvTable::CsvTable(std::vector<std::string> columns, std::vector<std::vector<std::string>> rows)
    : columns_(std::move(columns)) {
  for (std::vector<std::string>& values : rows) {
    rows_.push_back({std::move(values), "element " + std::to_string(rows_.size())});
  }
}

base::Result<CsvTable> CsvTable::parse(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a mark that spreadsheets write
  CsvTable table;
  Records records(text);
  while (!records.at_end()) {
    const int line = records.line();
    auto values = records.next();
    if (!values) return mistake(place_of(line) + ": a quote does not end");
    if (line == 1) {
      table.columns_ = *std::move(values);
      continue;
    }
    if (*values == std::vector<std::string>{""}) continue;
    if (values->size() != table.columns_.size()) {
      return mistake(place_of(line) + ": " + std::to_string(values->size()) + " values, but " +
                     std::to_string(table.columns_.size()) + " columns");
    }
    table.rows_.push_back({*std::move(values), place_of(line)});
  }
  return table;
}

base::Result<CsvTable> CsvTable::load(const std::string& path) {
  const base::Result<std::string> text = read_text_file(path);
  if (!text) return text.error();
  base::Result<CsvTable> table = parse(*text);
  if (!table) return table.error().with_context(path);
  return table;
}

bool CsvTable::has(std::string_view column) const {
  return std::ranges::find(columns_, column) != columns_.end();
}

}  // namespace migadapter::sim
