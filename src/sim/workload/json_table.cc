#include "sim/workload/json_table.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <boost/json.hpp>

namespace migadapter::sim {
namespace {

namespace json = boost::json;

base::Error mistake(const std::string& what) {
  return {base::ErrorCode::invalid_argument, what};
}

/// Nothing for what has no place in a cell.
std::optional<std::string> cell(const json::value& value) {
  if (value.is_null()) return std::string();
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_structured()) return std::nullopt;
  return json::serialize(value);
}

std::vector<std::string> columns_of(const json::array& rows) {
  std::vector<std::string> columns;
  for (const json::value& row : rows) {
    if (!row.is_object()) continue;
    for (const auto& entry : row.get_object()) {
      std::string key(entry.key());
      if (std::ranges::find(columns, key) == columns.end()) columns.push_back(std::move(key));
    }
  }
  return columns;
}

base::Result<std::vector<std::string>> cells_of(const json::value& row,
                                                const std::vector<std::string>& columns) {
  if (!row.is_object()) return mistake("must be an object");
  std::vector<std::string> cells;
  for (const std::string& column : columns) {
    const json::value* value = row.get_object().if_contains(column);
    auto text = value == nullptr ? std::string() : cell(*value);
    if (!text) return mistake(column + " must be a text or a number");
    cells.push_back(*std::move(text));
  }
  return cells;
}

}  // namespace

base::Result<CsvTable> parse_json_table(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 3;  // a list of objects of values
  const json::value document = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return mistake("is no JSON, or nested too deep: " + error.message());
  if (!document.is_array()) return mistake("must be a list of objects");
  const json::array& rows = document.get_array();
  std::vector<std::string> columns = columns_of(rows);
  std::vector<std::vector<std::string>> table;
  for (const json::value& row : rows) {
    auto cells = cells_of(row, columns);
    if (!cells) return cells.error().with_context("element " + std::to_string(table.size()));
    table.push_back(*std::move(cells));
  }
  return CsvTable(std::move(columns), std::move(table));
}

}  // namespace migadapter::sim
