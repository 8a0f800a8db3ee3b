// How long a simulation takes. Run by `build/release/tests/bench/sim_bench`; each item is one job.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "sim/scenario.h"
#include "sim/workload/arrivals_only.h"
#include "sim/workload/mixes.h"
#include "sim/workload/openb.h"
#include "sim/workload/profiles.h"

namespace migadapter::sim {
namespace {

const std::string kFolder = "data/traces/alibaba-gpu-v2023/";

/// Of five nodes three are not cut, one is cut in two, and one all-balanced: openb asks for large
/// parts above all.
ClusterSpec cluster_of(int nodes) {
  ClusterSpec cluster;
  cluster.model = mig::find_model("A100-40GB");
  const mig::GpuModel& model = *cluster.model;
  const mig::Geometry whole = *place_profiles(model, {whole_profile(model)});
  const mig::Geometry halves =
      *place_profiles(model, {*mig::parse_profile("4g.20gb"), *mig::parse_profile("3g.20gb")});
  const mig::Geometry balanced = *place_profiles(model, balanced_profiles(model));
  cluster.geometries = {whole, whole, whole, halves, balanced};
  cluster.nodes = nodes;
  return cluster;
}

void run(benchmark::State& state, const Workload& workload, const ClusterSpec& cluster) {
  const Policy& policy = policies()[static_cast<std::size_t>(state.range(0))];
  state.SetLabel(std::string(policy.name));
  const Scenario scenario{workload, cluster, {}, ScoringStrategy::least_allocated};
  for (auto _ : state) benchmark::DoNotOptimize(run_policy(scenario, policy, 1));
  state.SetItemsProcessed(state.iterations() * std::ssize(workload.jobs));
}

/// All 8,152 pods of the trace with their departures, on 40 GPUs.
void Openb(benchmark::State& state) {
  static const Workload workload = [] {
    OpenbMapping mapping{*mig::find_model("A100-40GB")};
    mapping.single_gpu_only = false;
    mapping.patience = Time(600'000);
    return *load_openb_profiles(kFolder + "openb_pod_list_default.csv.gz", mapping);
  }();
  run(state, workload, cluster_of(5));
}
BENCHMARK(Openb)->DenseRange(0, 9)->Iterations(1)->Unit(benchmark::kMillisecond);

/// 100,000 pods on 10,000 GPUs at full load.
void TenThousandGpus(benchmark::State& state) {
  static const ClusterSpec cluster = cluster_of(1'250);
  static const Workload workload = [] {
    MixOptions options;
    options.mix = Mix::skew_small;
    options.jobs = 100'000;
    options.patience = Time(600'000);
    return make_mix(cluster, options);
  }();
  run(state, workload, cluster);
}
BENCHMARK(TenThousandGpus)->DenseRange(0, 9)->Iterations(1)->Unit(benchmark::kMillisecond);

Inventory shared_gpus(std::vector<NodeSpec> nodes, const Kinds& kinds, std::uint64_t seed) {
  base::Rng random(seed);
  for (std::size_t i = nodes.size(); i > 1; --i) std::swap(nodes[i - 1], nodes[random.below(i)]);
  Inventory inventory(kinds.size(), models_of(nodes));
  Partition& partition = inventory.add(make_shared_partition(kinds));
  for (NodeSpec& node : nodes) inventory.add_node(std::move(node), partition);
  return inventory;
}

/// The experiment of FGD: ten seeds, each with some 10,900 arrivals on 6,212 shared GPUs. The
/// counters are percent of the GPUs in use when so many percent were asked for.
void FgdArtifact(benchmark::State& state, const char* policy, const char* pods) {
  constexpr std::uint64_t kSeeds = 10;
  const auto nodes = load_openb_nodes(kFolder + "openb_node_list_gpu_node.csv.gz");
  const auto workload =
      load_openb_shares(kFolder + "openb_pod_list_" + pods + ".csv.gz", models_of(*nodes));
  MIGADAPTER_CHECK(nodes.ok() && workload.ok());
  std::vector<double> sums(131);
  for (auto _ : state) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Inventory inventory = shared_gpus(*nodes, workload->kinds, seed);
      const Workload arrivals = arrivals_only(*workload, 1.3, inventory.units(), seed);
      const auto placement = find_policy(policy)->make_placement(*workload);
      const auto allocation = allocation_by_demand(arrivals, inventory, *placement, seed);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += 100 * allocation.at(i) / kSeeds;
    }
  }
  for (const std::size_t demand : {90U, 100U, 130U}) {
    state.counters["at_" + std::to_string(demand)] =
        sums[demand] / static_cast<double>(state.iterations());
  }
}
BENCHMARK_CAPTURE(FgdArtifact, random_default, "random", "default")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FgdArtifact, best_fit_default, "best-fit", "default")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FgdArtifact, fgd_default, "fgd", "default")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FgdArtifact, random_share, "random", "gpushare100")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FgdArtifact, best_fit_share, "best-fit", "gpushare100")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FgdArtifact, fgd_share, "fgd", "gpushare100")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace migadapter::sim
