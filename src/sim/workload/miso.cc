#include "sim/workload/miso.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "base/check.h"
#include "base/rng.h"
#include "sim/workload/csv.h"
#include "sim/workload/profiles.h"
#include "sim/workload/text_file.h"

namespace migadapter::sim {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 5> kProfiles = {"1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb",
                                                       "7g.40gb"};
constexpr double kGapMs = 60'000;
constexpr double kFirstGapMs = 30'000;  // of the first third

base::Error mistake(const std::string& what) {
  return {base::ErrorCode::invalid_argument, what};
}

base::Result<json::object> load_object(const std::string& path) {
  const base::Result<std::string> text = read_text_file(path);
  if (!text) return text.error();
  boost::system::error_code error;
  json::value document = json::parse(*text, error);
  if (error || !document.is_object()) return mistake(path + ": must be a JSON object");
  return std::move(document.get_object());
}

/// One model at one batch size: how fast on each profile, 0 where it did not fit or nobody knows.
using Speeds = std::map<std::string, std::array<double, 5>>;

base::Result<Speeds> load_speeds(const std::string& path) {
  const base::Result<CsvTable> table = CsvTable::load(path);
  if (!table) return table.error();
  Speeds speeds;
  for (std::size_t i = 0; i < table->size(); ++i) {
    CsvRow row = table->row(i);
    std::array<double, 5> of_job{};
    for (std::size_t profile = 0; profile < kProfiles.size(); ++profile) {
      const std::string column = "rel_speed_median_" + std::string(kProfiles[profile]);
      if (!row.text(column).empty()) of_job[profile] = row.decimal(column);
    }
    speeds[std::string(row.text("model")) + "_train" + std::string(row.text("batch"))] = of_job;
    if (!row.status().ok()) return row.status().error().with_context(path);
  }
  return speeds;
}

/// The smallest profile with a speed. Below it the curve goes on towards 0: nobody will ask.
std::size_t smallest(std::array<double, 5>& speeds) {
  const auto first = std::ranges::find_if(speeds, [](double speed) { return speed > 0; });
  for (auto below = first; below != speeds.begin();) {
    const double above = *below;
    *--below = above / 2;
  }
  return static_cast<std::size_t>(first - speeds.begin());
}

struct MisoJob {
  int number = 0;
  std::string model;
  double whole_gpu_ms = 0;
};

base::Result<std::vector<MisoJob>> load_trace(const std::string& folder) {
  const base::Result<json::object> times = load_object(folder + "/trace_100.json");
  if (!times) return times.error();
  const base::Result<json::object> models = load_object(folder + "/job_models.json");
  if (!models) return models.error();
  std::vector<MisoJob> jobs;
  for (const auto& entry : *times) {
    const json::value* model = models->if_contains(entry.key());
    MisoJob job;
    const std::string_view key(entry.key().data(), entry.key().size());
    const auto parsed = std::from_chars(key.data(), key.data() + key.size(), job.number);
    if (parsed.ec != std::errc() || model == nullptr || !model->is_string() ||
        !entry.value().is_number()) {
      return mistake(folder + ": job " + std::string(key) + " has no run time or no model");
    }
    job.model = std::string(model->get_string());
    job.whole_gpu_ms = entry.value().to_number<double>() * 1000;
    jobs.push_back(std::move(job));
  }
  std::ranges::sort(jobs, {}, &MisoJob::number);
  return jobs;
}

/// When the jobs come, in order.
std::vector<Time> arrivals(std::size_t jobs, std::uint64_t seed) {
  base::Rng random(seed);
  std::vector<Time> times;
  double now = 0;
  for (std::size_t i = 0; i < jobs; ++i) {
    times.push_back(Time(std::lround(now)));
    const double mean = 3 * i < jobs ? kFirstGapMs : kGapMs;
    now -= mean * std::log(1 - random.fraction());
  }
  return times;
}

/// The trace lists jobs by their length: they come in another order.
void shuffle(std::vector<MisoJob>& jobs, std::uint64_t seed) {
  base::Rng random(~seed);
  for (std::size_t i = jobs.size(); i > 1; --i) std::swap(jobs[i - 1], jobs[random.below(i)]);
}

}  // namespace

base::Result<Workload> load_miso(const std::string& folder, std::uint64_t seed) {
  const base::Result<Speeds> speeds = load_speeds(folder + "/relative_speed_a100_40gb.csv");
  if (!speeds) return speeds.error();
  base::Result<std::vector<MisoJob>> trace = load_trace(folder);
  if (!trace) return trace.error();
  shuffle(*trace, seed);
  const mig::GpuModel* model = mig::find_model("A100-40GB");
  MIGADAPTER_CHECK(model != nullptr);
  Workload workload{"miso", "the smallest slice that its memory fits", kinds_of(*model), {}};
  const std::vector<Time> times = arrivals(trace->size(), seed);
  for (const MisoJob& miso : *trace) {
    const auto found = speeds->find(miso.model);
    if (found == speeds->end()) return mistake(folder + ": nobody measured " + miso.model);
    std::array<double, 5> of_job = found->second;
    const std::size_t size = smallest(of_job);
    Job job;
    job.name = "job-" + std::to_string(miso.number) + "-" + miso.model;
    job.arrives = times[workload.jobs.size()];
    job.demand = {1'000, 4'096, workload.kinds.find(kProfiles[size]), 1, kAnyModel};
    job.run_time = Time(std::lround(miso.whole_gpu_ms / of_job[size]));
    job.curve = SpeedCurve(of_job);
    workload.jobs.push_back(std::move(job));
  }
  return workload;
}

}  // namespace migadapter::sim
