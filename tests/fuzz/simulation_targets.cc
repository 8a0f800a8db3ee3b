#include "base/check.h"
#include "sim/scenario.h"
#include "sim/workload/job_file.h"
#include "sim/workload/profiles.h"
#include "targets.h"

namespace migadapter::fuzz {
namespace {

/// More take long and show nothing new.
constexpr std::size_t kMostJobs = 60;

sim::ClusterSpec small_cluster() {
  sim::ClusterSpec cluster;
  cluster.model = mig::find_model("A100-40GB");
  MIGADAPTER_CHECK(cluster.model != nullptr);
  cluster.geometries = {
      *sim::place_profiles(*cluster.model, sim::balanced_profiles(*cluster.model)),
      *sim::place_profiles(*cluster.model, {sim::whole_profile(*cluster.model)})};
  cluster.nodes = 2;
  cluster.gpus_per_node = 2;
  return cluster;
}

}  // namespace

/// The engine checks itself: conservation, Little's law, no slot used twice.
void fuzz_simulation(std::string_view input) {
  static const sim::ClusterSpec cluster = small_cluster();
  for (const sim::JobFormat format : {sim::JobFormat::csv, sim::JobFormat::json}) {
    const auto workload = sim::parse_jobs(input, format, *cluster.model);
    if (!workload || workload->jobs.size() > kMostJobs) continue;
    const sim::Scenario scenario{*workload, cluster, {}, sim::ScoringStrategy::least_allocated};
    for (const sim::Policy& policy : sim::policies()) {
      MIGADAPTER_CHECK(sim::run_policy(scenario, policy, 1) ==
                       sim::run_policy(scenario, policy, 1));
    }
  }
}

}  // namespace migadapter::fuzz
