// Tables of comma-separated values whose first line names the columns (RFC 4180).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::sim {

/// One row, read by the names of its columns. The first mistake is kept; after it every value is
/// empty, so that a reader can ask for all of a row and look for the mistake once.
class CsvRow {
 public:
  /// `place` is for people: "line 7".
  CsvRow(const std::vector<std::string>& columns, std::vector<std::string> values,
         std::string place)
      : columns_(columns), values_(std::move(values)), place_(std::move(place)) {}

  const std::string& place() const { return place_; }
  bool has(std::string_view column) const;
  /// Empty where the row has nothing there. A column that the table lacks is a mistake.
  std::string_view text(std::string_view column);
  /// A whole number; 0 and a mistake where it is none.
  std::int64_t number(std::string_view column);
  /// The same, or `otherwise` where the table lacks the column or the row has nothing there.
  std::int64_t number_or(std::string_view column, std::int64_t otherwise);
  /// A number, not negative, with or without a fraction.
  double decimal(std::string_view column);
  /// The same as a time in seconds.
  base::Millis seconds(std::string_view column);
  /// "line 7: gpu_milli must be a whole number, not \"x\"".
  const base::Status& status() const { return status_; }

 private:
  void fail(const std::string& what);

  const std::vector<std::string>& columns_;
  std::vector<std::string> values_;
  std::string place_;
  base::Status status_;
};

class CsvTable {
 public:
  /// Rows of as many values as there are columns, which errors will call "element 0" and so on.
  CsvTable(std::vector<std::string> columns, std::vector<std::vector<std::string>> rows);
  /// Fails on a row with more or fewer values than there are columns, on a quote that does not end.
  static base::Result<CsvTable> parse(std::string_view text);
  /// Reads a file; errors name it.
  static base::Result<CsvTable> load(const std::string& path);

  std::size_t size() const { return rows_.size(); }
  /// The row; valid as long as the table.
  CsvRow row(std::size_t i) const { return {columns_, rows_[i].values, rows_[i].place}; }
  bool has(std::string_view column) const;

 private:
  CsvTable() = default;
  struct Row {
    std::vector<std::string> values;
    std::string place;
  };
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
};

}  // namespace migadapter::sim
