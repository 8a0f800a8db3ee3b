#include "sim/workload/openb.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "sim/workload/csv.h"
#include "sim/workload/profiles.h"

namespace migadapter::sim {
namespace {

constexpr int kWholeMilli = 1000;
constexpr Time kShortest{1'000};  // the trace counts whole seconds

/// The nodes of the trace's simulator may run this many.
constexpr std::int64_t kMostPods = 1001;

Time seconds(std::int64_t number) {
  return Time(number * 1000);
}

/// A line of the trace.
struct OpenbPod {
  std::string name;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  int gpus = 0;
  int gpu_milli = 0;   ///< of each
  std::string models;  ///< separated by '|'; empty: any
  Time created{0};
  Time deleted{0};
  std::optional<Time> scheduled;
};

base::Result<OpenbPod> read_pod(CsvRow row) {
  OpenbPod pod;
  pod.name = row.text("name");
  pod.cpu_milli = row.number("cpu_milli");
  pod.memory_mib = row.number("memory_mib");
  pod.gpus = static_cast<int>(row.number("num_gpu"));
  pod.gpu_milli = static_cast<int>(row.number("gpu_milli"));
  pod.models = row.text("gpu_spec");
  pod.created = seconds(row.number("creation_time"));
  pod.deleted = seconds(row.number("deletion_time"));
  const bool scheduled = !row.text("scheduled_time").empty();
  if (scheduled) pod.scheduled = seconds(row.number("scheduled_time"));
  if (!row.status().ok()) return row.status().error();
  const bool is_possible = pod.gpus >= 0 && pod.gpu_milli >= 0 && pod.gpu_milli <= kWholeMilli;
  if (!is_possible || (pod.gpus > 0 && pod.gpu_milli == 0)) {
    return base::Error(base::ErrorCode::invalid_argument,
                       row.place() + ": gpu_milli must be 1 to 1000 for each of num_gpu GPUs");
  }
  return pod;
}

/// By creation; the variants of the trace are not in order.
base::Result<std::vector<OpenbPod>> load_pods(const std::string& path) {
  const base::Result<CsvTable> table = CsvTable::load(path);
  if (!table) return table.error();
  std::vector<OpenbPod> pods;
  for (std::size_t i = 0; i < table->size(); ++i) {
    base::Result<OpenbPod> pod = read_pod(table->row(i));
    if (!pod) return pod.error().with_context(path);
    pods.push_back(*std::move(pod));
  }
  std::ranges::stable_sort(pods, {}, &OpenbPod::created);
  return pods;
}

std::optional<Time> run_time(const OpenbPod& pod) {
  if (!pod.scheduled) return std::nullopt;
  return std::max(kShortest, pod.deleted - *pod.scheduled);
}

Time middle_run_time(const std::vector<OpenbPod>& pods) {
  std::vector<Time> times;
  for (const OpenbPod& pod : pods) {
    if (const auto time = run_time(pod)) times.push_back(*time);
  }
  if (times.empty()) return kShortest;
  const auto middle = times.begin() + std::ssize(times) / 2;
  std::ranges::nth_element(times, middle);
  return *middle;
}

Job make_job(const OpenbPod& pod, Time middle) {
  Job job;
  job.name = pod.name;
  job.arrives = pod.created;
  job.demand.cpu_milli = pod.cpu_milli;
  job.demand.memory_mib = pod.memory_mib;
  job.demand.count = pod.gpus;
  job.run_time = run_time(pod).value_or(middle);
  if (!pod.scheduled) job.patience = std::max(kShortest, pod.deleted - pod.created);
  return job;
}

ModelSet models_named(std::string_view names, const std::vector<std::string>& models) {
  if (names.empty()) return kAnyModel;
  ModelSet set = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string wanted = "|" + models[i] + "|";
    const std::string listed = "|" + std::string(names) + "|";
    if (listed.find(wanted) != std::string::npos) set |= ModelSet{1} << i;
  }
  return set;
}

}  // namespace

base::Result<std::vector<NodeSpec>> load_openb_nodes(const std::string& path) {
  const base::Result<CsvTable> table = CsvTable::load(path);
  if (!table) return table.error();
  std::vector<NodeSpec> nodes;
  for (std::size_t i = 0; i < table->size(); ++i) {
    CsvRow row = table->row(i);
    NodeSpec node;
    node.name = row.text("sn");
    node.model = row.text("model");
    node.gpus = static_cast<int>(row.number("gpu"));
    node.cpu_milli = row.number("cpu_milli");
    node.memory_mib = row.number("memory_mib");
    node.pods = kMostPods;
    if (!row.status().ok()) return row.status().error().with_context(path);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

std::vector<std::string> models_of(const std::vector<NodeSpec>& nodes) {
  std::set<std::string> models;
  for (const NodeSpec& node : nodes) models.insert(node.model);
  return {models.begin(), models.end()};
}

base::Result<Workload> load_openb_shares(const std::string& path,
                                         const std::vector<std::string>& models) {
  const base::Result<std::vector<OpenbPod>> pods = load_pods(path);
  if (!pods) return pods.error();
  Workload workload{path, "thousandths of a GPU as in the trace", {}, {}};
  const Time middle = middle_run_time(*pods);
  for (const OpenbPod& pod : *pods) {
    Job job = make_job(pod, middle);
    if (pod.gpus > 0) job.demand.kind = workload.kinds.add_share(pod.gpu_milli);
    job.demand.models = models_named(pod.models, models);
    workload.jobs.push_back(std::move(job));
  }
  return workload;
}

base::Result<Workload> load_openb_profiles(const std::string& path, const OpenbMapping& mapping) {
  const base::Result<std::vector<OpenbPod>> pods = load_pods(path);
  if (!pods) return pods.error();
  Workload workload{path, "ceil-compute", kinds_of(mapping.model), {}};
  const Time middle = middle_run_time(*pods);
  for (const OpenbPod& pod : *pods) {
    if (mapping.single_gpu_only && pod.gpus != 1) continue;
    Job job = make_job(pod, middle);
    const double share = pod.gpus > 1 ? 1.0 : static_cast<double>(pod.gpu_milli) / kWholeMilli;
    if (pod.gpus > 0) job.demand.kind = smallest_kind(mapping.model, workload.kinds, share);
    job.curve = SpeedCurve(mapping.speed);
    if (job.patience == kNever) job.patience = mapping.patience;
    workload.jobs.push_back(std::move(job));
  }
  return workload;
}

}  // namespace migadapter::sim
