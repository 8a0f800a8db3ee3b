// The simulator against what others have measured with theirs.
#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>

#include "sim/policy.h"
#include "sim/workload/arrivals_only.h"
#include "sim/workload/openb.h"

namespace migadapter::sim {
namespace {

const std::string kFolder = "data/traces/alibaba-gpu-v2023/";

/// Part of the GPUs that is in use, in percent, when so many percent of them were asked for: means
/// over ten seeds from the artifact of FGD (Weng et al., USENIX ATC 2023),
/// https://github.com/hkust-adsl/kubernetes-scheduler-simulator at 8f3d6417,
/// experiments/analysis/expected_results/analysis_allo_discrete.csv.
struct Published {
  std::string_view policy;
  std::string_view pods;
  int demand = 0;
  double allocated = 0;
};
constexpr std::array kPublished = {
    Published{"random", "default", 90, 85.02},
    Published{"random", "default", 100, 86.30},
    Published{"random", "default", 130, 87.47},
    Published{"best-fit", "default", 90, 89.99},
    Published{"best-fit", "default", 100, 92.86},
    Published{"best-fit", "default", 130, 93.08},
    Published{"fgd", "default", 90, 89.98},
    Published{"fgd", "default", 100, 95.23},
    Published{"fgd", "default", 130, 95.39},
    Published{"random", "gpushare100", 130, 79.44},
    Published{"best-fit", "gpushare100", 130, 85.01},
    Published{"fgd", "gpushare100", 130, 86.90},
};

/// How far we may be from it, in points.
constexpr double kTolerance = 0.5;

/// Three of the ten seeds that the published means are of: builds without optimisation are slow.
/// docs/simulator.md has all ten.
constexpr std::uint64_t kSeeds = 3;

std::vector<NodeSpec> nodes_in_order_by_chance(std::vector<NodeSpec> nodes, std::uint64_t seed) {
  base::Rng random(seed);
  for (std::size_t i = nodes.size(); i > 1; --i) std::swap(nodes[i - 1], nodes[random.below(i)]);
  return nodes;
}

Inventory shared_gpus(const std::vector<NodeSpec>& nodes, const Kinds& kinds) {
  Inventory inventory(kinds.size(), models_of(nodes));
  Partition& partition = inventory.add(make_shared_partition(kinds));
  for (const NodeSpec& node : nodes) inventory.add_node(node, partition);
  return inventory;
}

class FgdTable : public ::testing::Test {
 protected:
  /// Percent in use by percent asked for.
  static std::vector<double> measure(std::string_view policy, std::string_view pods) {
    const auto nodes = load_openb_nodes(kFolder + "openb_node_list_gpu_node.csv.gz");
    const auto workload = load_openb_shares(
        kFolder + "openb_pod_list_" + std::string(pods) + ".csv.gz", models_of(*nodes));
    std::vector<double> sums(131);
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Inventory inventory = shared_gpus(nodes_in_order_by_chance(*nodes, seed), workload->kinds);
      const Workload arrivals = arrivals_only(*workload, 1.3, inventory.units(), seed);
      const auto placement = find_policy(policy)->make_placement(*workload);
      const auto allocation = allocation_by_demand(arrivals, inventory, *placement, seed);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += 100 * allocation.at(i) / kSeeds;
    }
    return sums;
  }

  static void compare(std::string_view policy, std::string_view pods) {
    const std::vector<double> measured = measure(policy, pods);
    for (const Published& published : kPublished) {
      if (published.policy != policy || published.pods != pods) continue;
      EXPECT_NEAR(measured[static_cast<std::size_t>(published.demand)], published.allocated,
                  kTolerance)
          << policy << ", " << pods << ", at " << published.demand << " %";
    }
  }
};

TEST_F(FgdTable, RandomPlacementFillsTheGpusAsFarAsPublished) {
  compare("random", "default");
  compare("random", "gpushare100");
}

TEST_F(FgdTable, BestFitFillsTheGpusAsFarAsPublished) {
  compare("best-fit", "default");
  compare("best-fit", "gpushare100");
}

TEST_F(FgdTable, FragmentationGradientDescentFillsTheGpusAsFarAsPublished) {
  compare("fgd", "default");
  compare("fgd", "gpushare100");
}

}  // namespace
}  // namespace migadapter::sim
