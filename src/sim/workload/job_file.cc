#include "sim/workload/job_file.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/workload/csv.h"
#include "sim/workload/json_table.h"
#include "sim/workload/profiles.h"
#include "sim/workload/text_file.h"

namespace migadapter::sim {
namespace {

constexpr std::int64_t kCpuMilli = 1'000;
constexpr std::int64_t kMemoryMib = 4'096;
constexpr std::int64_t kMostDevices = 1'000;
constexpr std::int64_t kMostPriority = 2'000'001'000;  // system-node-critical

base::Error mistake(const CsvRow& row, const std::string& what) {
  return {base::ErrorCode::invalid_argument, row.place() + ": " + what};
}

JobFormat format_of(std::string_view path) {
  const bool is_json = path.ends_with(".json") || path.ends_with(".json.gz");
  return is_json ? JobFormat::json : JobFormat::csv;
}

std::string_view text_or_empty(CsvRow& row, std::string_view column) {
  return row.has(column) ? row.text(column) : std::string_view();
}

/// The device that a row asks for; kNoKind for none.
base::Result<KindId> read_kind(CsvRow& row, const mig::GpuModel& model, const Kinds& kinds) {
  const std::string name(row.text("profile"));
  if (name.empty()) return kNoKind;
  const base::Result<mig::Profile> profile = mig::parse_profile(name);
  if (!profile) return mistake(row, "profile: " + profile.error().message());
  const mig::ModelProfile* known = mig::find_profile(model, *profile);
  if (known == nullptr) {
    return mistake(row, "profile: " + std::string(model.name) + " has no " + name);
  }
  return kinds.find(mig::to_string(known->profile));
}

base::Result<SpeedCurve> read_curve(CsvRow& row) {
  const std::string name(text_or_empty(row, "speed"));
  const auto model = name.empty() ? SpeedModel::training : find_speed_model(name);
  if (!model) {
    return mistake(row, "speed must be fixed, linear, training or inference, not \"" + name + "\"");
  }
  return SpeedCurve(*model);
}

base::Result<Job> read_job(CsvRow row, const mig::GpuModel& model, const Kinds& kinds) {
  const base::Result<KindId> kind = read_kind(row, model, kinds);
  if (!kind) return kind.error();
  const base::Result<SpeedCurve> curve = read_curve(row);
  if (!curve) return curve.error();
  Job job;
  job.name = text_or_empty(row, "name");
  job.owner = text_or_empty(row, "owner");
  job.arrives = row.seconds("arrives_s");
  job.run_time = row.seconds("run_s");
  job.patience = text_or_empty(row, "patience_s").empty() ? kNever : row.seconds("patience_s");
  job.priority = static_cast<std::int32_t>(row.number_or("priority", 0));
  const std::int64_t count = *kind == kNoKind ? 0 : row.number_or("count", 1);
  job.demand = {row.number_or("cpu_milli", kCpuMilli), row.number_or("memory_mib", kMemoryMib),
                *kind, static_cast<int>(count), kAnyModel};
  job.curve = *curve;
  if (!row.status().ok()) return row.status().error();
  if (count < (*kind == kNoKind ? 0 : 1) || count > kMostDevices) {
    return mistake(row, "count must be 1 to " + std::to_string(kMostDevices));
  }
  if (job.demand.cpu_milli < 0 || job.demand.memory_mib < 0) {
    return mistake(row, "cpu_milli and memory_mib must not be negative");
  }
  if (row.number_or("priority", 0) > kMostPriority ||
      row.number_or("priority", 0) < -kMostPriority) {
    return mistake(row, "priority is not one that Kubernetes allows");
  }
  return job;
}

/// Whether sums over time stay within 64 bits even where one job runs after the other and all of
/// them wait. REQUIRES: jobs are ordered by arrival.
bool can_be_counted(const std::vector<Job>& jobs) {
  constexpr double kMostJobMs = 1e17;
  double length = jobs.empty() ? 0 : static_cast<double>(jobs.back().arrives.count());
  for (const Job& job : jobs) length += static_cast<double>(job.run_time.count());
  return length * static_cast<double>(jobs.size()) < kMostJobMs;
}

}  // namespace

base::Result<Workload> load_jobs(const std::string& path, const mig::GpuModel& model) {
  const base::Result<std::string> text = read_text_file(path);
  if (!text) return text.error();
  base::Result<Workload> workload = parse_jobs(*text, format_of(path), model);
  if (!workload) return workload.error().with_context(path);
  workload->name = path;
  return workload;
}

base::Result<Workload> parse_jobs(std::string_view text, JobFormat format,
                                  const mig::GpuModel& model) {
  const base::Result<CsvTable> table =
      format == JobFormat::json ? parse_json_table(text) : CsvTable::parse(text);
  if (!table) return table.error();
  Workload workload{"jobs", "as in the file", kinds_of(model), {}};
  for (std::size_t i = 0; i < table->size(); ++i) {
    base::Result<Job> job = read_job(table->row(i), model, workload.kinds);
    if (!job) return job.error();
    workload.jobs.push_back(*std::move(job));
  }
  std::ranges::stable_sort(workload.jobs, {}, &Job::arrives);
  if (!can_be_counted(workload.jobs)) {
    return base::Error(base::ErrorCode::invalid_argument,
                       "the jobs take longer altogether than can be counted in milliseconds");
  }
  return workload;
}

}  // namespace migadapter::sim
