// JSON as a table: a list of objects, whose keys are the columns.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sim/workload/csv.h"

namespace migadapter::sim {

/// `[{"name":"a","run_s":60}, …]`. Values are texts, numbers, true or false; null and a missing key
/// are empty.
base::Result<CsvTable> parse_json_table(std::string_view text);

}  // namespace migadapter::sim
