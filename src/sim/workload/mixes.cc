#include "sim/workload/mixes.h"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/rng.h"
#include "sim/workload/profiles.h"

namespace migadapter::sim {
namespace {

constexpr std::array<std::pair<Mix, std::string_view>, 4> kNames = {{
    {Mix::uniform, "uniform"},
    {Mix::skew_small, "skew-small"},
    {Mix::skew_big, "skew-big"},
    {Mix::bimodal, "bimodal"},
}};

/// So little that neither is ever scarce.
constexpr std::int64_t kCpuMilli = 1'000;
constexpr std::int64_t kMemoryMib = 4'096;

/// How often the size is asked for, relative to the others; sizes are numbered from the smallest.
double weight(Mix mix, std::size_t size, std::size_t sizes) {
  const bool is_end = size == 0 || size + 1 == sizes;
  switch (mix) {
    case Mix::uniform:
      return 1;
    case Mix::skew_small:
      return static_cast<double>(sizes - size);
    case Mix::skew_big:
      return static_cast<double>(size + 1);
    case Mix::bimodal:
      return is_end ? 0.4 : 0.2 / static_cast<double>(sizes - 2);
  }
  MIGADAPTER_CHECK(false);
  return 0;
}

/// A size of device with the part of the jobs that ask for it.
struct Size {
  KindId kind = kNoKind;
  int slices = 0;
  double part = 0;
};

std::vector<Size> sizes_of(const mig::GpuModel& model, const Kinds& kinds, Mix mix) {
  std::vector<Size> sizes;
  const std::vector<mig::Profile> profiles = base_profiles(model);
  double sum = 0;
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    const int slices = mig::find_profile(model, profiles[i])->device.memory_slices;
    const double part = weight(mix, i, profiles.size());
    sizes.push_back({kinds.find(mig::to_string(profiles[i])), slices, part});
    sum += part;
  }
  for (Size& size : sizes) size.part /= sum;
  return sizes;
}

const Size& choose(const std::vector<Size>& sizes, base::Rng& random) {
  double left = random.fraction();
  for (const Size& size : sizes) {
    left -= size.part;
    if (left < 0) return size;
  }
  return sizes.back();
}

double exponential(double mean, base::Rng& random) {
  return -mean * std::log(1 - random.fraction());
}

Time rounded(double milliseconds) {
  return Time(static_cast<Time::rep>(std::ceil(milliseconds)));
}

/// The gap between arrivals at which the load is what was asked for.
double mean_gap(const ClusterSpec& cluster, const std::vector<Size>& sizes,
                const MixOptions& options) {
  double slices = 0;
  for (const Size& size : sizes) slices += size.part * size.slices;
  const int capacity = cluster.nodes * cluster.gpus_per_node * cluster.model->memory_slices;
  const auto run_time = static_cast<double>(options.mean_run_time.count());
  return slices * run_time / (options.load * capacity);
}

}  // namespace

std::optional<Mix> find_mix(std::string_view name) {
  for (const auto& [mix, mix_name] : kNames) {
    if (mix_name == name) return mix;
  }
  return std::nullopt;
}

std::string_view to_string(Mix mix) {
  for (const auto& [known, name] : kNames) {
    if (known == mix) return name;
  }
  MIGADAPTER_CHECK(false);
  return {};
}

Workload make_mix(const ClusterSpec& cluster, const MixOptions& options) {
  MIGADAPTER_CHECK(options.load > 0 && options.jobs > 0);
  Workload workload{std::string(to_string(options.mix)),
                    "exponential gaps and run times",
                    kinds_of(*cluster.model),
                    {}};
  const std::vector<Size> sizes = sizes_of(*cluster.model, workload.kinds, options.mix);
  const double gap = mean_gap(cluster, sizes, options);
  base::Rng random(options.seed);
  double arrives = 0;
  for (int i = 0; i < options.jobs; ++i) {
    Job job;
    job.name = "job-" + std::to_string(i);
    job.arrives = rounded(arrives);
    job.demand = {kCpuMilli, kMemoryMib, choose(sizes, random).kind, 1, kAnyModel};
    job.run_time = rounded(exponential(static_cast<double>(options.mean_run_time.count()), random));
    job.curve = SpeedCurve(options.speed);
    job.patience = options.patience;
    workload.jobs.push_back(std::move(job));
    arrives += exponential(gap, random);
  }
  return workload;
}

}  // namespace migadapter::sim
