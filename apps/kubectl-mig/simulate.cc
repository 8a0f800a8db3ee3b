#include "simulate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/workload/job_file.h"
#include "sim/workload/miso.h"
#include "sim/workload/mixes.h"
#include "sim/workload/openb.h"
#include "sim/workload/profiles.h"

namespace migadapter::app {
namespace {

using sim::Time;

base::Error mistake(const std::string& what) {
  return {base::ErrorCode::invalid_argument, what};
}

Time from_seconds(double seconds) {
  return Time(std::llround(seconds * 1000));
}

base::Result<const mig::GpuModel*> find_model(const std::string& name) {
  const mig::GpuModel* model = mig::find_model(name);
  if (model != nullptr && model->memory_slices > 0 && !sim::base_profiles(*model).empty()) {
    return model;
  }
  std::string known;
  for (const mig::GpuModel& each : mig::gpu_models()) {
    if (each.memory_slices == 0 || sim::base_profiles(each).empty()) continue;
    known += (known.empty() ? "" : ", ") + std::string(each.name);
  }
  return mistake("--gpu-model: \"" + name + "\" is not one whose placements are known: " + known);
}

/// "3g.20gb,2g.10gb".
base::Result<mig::Geometry> read_geometry(std::string_view text, const mig::GpuModel& model) {
  std::vector<mig::Profile> profiles;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const base::Result<mig::Profile> profile = mig::parse_profile(text.substr(0, comma));
    if (!profile) return profile.error();
    profiles.push_back(*profile);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return sim::place_profiles(model, std::move(profiles));
}

base::Result<std::vector<mig::Geometry>> read_geometries(const SimulateFlags& flags,
                                                         const mig::GpuModel& model) {
  std::vector<mig::Geometry> geometries;
  for (const std::string& text : flags.geometries) {
    base::Result<mig::Geometry> geometry = read_geometry(text, model);
    if (!geometry) return geometry.error().with_context("--geometry");
    geometries.push_back(*std::move(geometry));
  }
  if (!geometries.empty()) return geometries;
  base::Result<mig::Geometry> balanced = sim::place_profiles(model, sim::balanced_profiles(model));
  if (!balanced) return balanced.error();
  geometries.push_back(*std::move(balanced));
  return geometries;
}

base::Result<sim::ClusterSpec> read_cluster(const SimulateFlags& flags) {
  const base::Result<const mig::GpuModel*> model = find_model(flags.gpu_model);
  if (!model) return model.error();
  base::Result<std::vector<mig::Geometry>> geometries = read_geometries(flags, **model);
  if (!geometries) return geometries.error();
  sim::ClusterSpec cluster;
  cluster.model = *model;
  cluster.geometries = *std::move(geometries);
  cluster.nodes = flags.nodes;
  cluster.gpus_per_node = flags.gpus_per_node;
  return cluster;
}

base::Result<sim::Workload> read_workload(const SimulateFlags& flags,
                                          const sim::ClusterSpec& cluster) {
  const Time patience =
      flags.patience_seconds > 0 ? from_seconds(flags.patience_seconds) : sim::kNever;
  const auto speed = sim::find_speed_model(flags.speed);
  if (!speed) return mistake("--speed: fixed, linear, training or inference");
  if (const auto mix = sim::find_mix(flags.workload)) {
    return sim::make_mix(cluster, {*mix, flags.load, flags.jobs, from_seconds(flags.run_seconds),
                                   *speed, patience, flags.seed});
  }
  if (flags.workload == "miso") return sim::load_miso(flags.traces + "/miso-socc22", flags.seed);
  if (flags.workload.starts_with("openb-")) {
    const std::string variant = flags.workload.substr(std::string("openb-").size());
    return sim::load_openb_profiles(
        flags.traces + "/alibaba-gpu-v2023/openb_pod_list_" + variant + ".csv.gz",
        {*cluster.model, *speed, patience, true});
  }
  return sim::load_jobs(flags.workload, *cluster.model);
}

base::Result<std::vector<const sim::Policy*>> read_policies(const SimulateFlags& flags) {
  std::vector<const sim::Policy*> policies;
  for (const std::string& name : flags.policies) {
    policies.push_back(sim::find_policy(name));
    if (policies.back() == nullptr) return mistake("--policy: there is no \"" + name + "\"");
  }
  if (!policies.empty()) return policies;
  for (const sim::Policy& policy : sim::policies()) policies.push_back(&policy);
  return policies;
}

}  // namespace

base::Result<sim::Report> simulate(const SimulateFlags& flags) {
  const base::Result<sim::ClusterSpec> cluster = read_cluster(flags);
  if (!cluster) return cluster.error();
  const base::Result<sim::Workload> workload = read_workload(flags, *cluster);
  if (!workload) return workload.error().with_context("--workload");
  const base::Result<std::vector<const sim::Policy*>> policies = read_policies(flags);
  if (!policies) return policies.error();
  sim::Scenario scenario{*workload, *cluster, {}, sim::ScoringStrategy::least_allocated};
  scenario.delays.restart = from_seconds(flags.restart_seconds);
  scenario.delays.device_creation = from_seconds(flags.device_seconds);
  if (flags.scoring == "most-allocated") scenario.scoring = sim::ScoringStrategy::most_allocated;
  sim::Report report{workload->name,
                     workload->mapping,
                     std::string(cluster->model->name),
                     cluster->nodes,
                     cluster->gpus_per_node,
                     flags.seed,
                     {}};
  for (const sim::Policy* policy : *policies) {
    report.lines.push_back(
        {policy->name, sim::summarize(sim::run_policy(scenario, *policy, flags.seed))});
  }
  return report;
}

}  // namespace migadapter::app
