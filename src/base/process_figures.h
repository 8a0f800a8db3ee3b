// What the operating system says about this process, for metrics.
#pragma once

#include <string_view>

namespace migadapter::base {

/// Zero where the machine does not say.
struct ProcessFigures {
  double cpu_seconds = 0;         ///< user and system, of all threads
  double resident_bytes = 0;      ///< memory in use
  double virtual_bytes = 0;       ///< address space
  double open_files = 0;          ///< file descriptors, connections among them
  double most_open_files = 0;     ///< their limit
  double start_time_seconds = 0;  ///< since the epoch
};

/// Reads them from /proc. Thread-safe.
ProcessFigures read_process_figures();

}  // namespace migadapter::base
