// Policies side by side, for people and for machines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.h"
#include "sim/summary.h"

namespace migadapter::sim {

/// One policy's figures.
struct ReportLine {
  std::string_view policy;
  Summary summary;
};

/// Everything a reader needs to judge the figures and to get them again.
struct Report {
  std::string workload;
  std::string mapping;
  std::string gpu_model;
  int nodes = 0;
  int gpus_per_node = 0;
  std::uint64_t seed = 0;
  std::vector<ReportLine> lines;
};

/// A table for a terminal, with a line that explains each column.
std::string to_text(const Report& report);

/// The same figures as one JSON object; times in seconds, parts of 1.
std::string to_json(const Report& report);

}  // namespace migadapter::sim
