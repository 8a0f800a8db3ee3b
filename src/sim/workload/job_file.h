// Workloads of one's own, as CSV or JSON.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sim/workload.h"

namespace migadapter::sim {

/// One job a row, in any order. Columns, or keys:
///   arrives_s  when it comes, in seconds from the beginning; required, as the next two
///   run_s      how long it works on the device it asks for
///   profile    of that device, as in 1g.5gb; empty: it asks for none
///   count      how many devices; 1
///   cpu_milli, memory_mib   1000 and 4096
///   patience_s how long it waits for its first start; empty: for ever
///   priority   0
///   owner      jobs of one owner are paced together; empty: an owner of its own
///   speed      fixed, linear, training or inference; training
///   name
/// Fails on a profile that the GPU model does not have, and on jobs that take longer altogether
/// than can be counted; errors name file, line and column.
base::Result<Workload> load_jobs(const std::string& path, const mig::GpuModel& model);

enum class JobFormat { csv, json };
/// The same from the file's text.
base::Result<Workload> parse_jobs(std::string_view text, JobFormat format,
                                  const mig::GpuModel& model);

}  // namespace migadapter::sim
