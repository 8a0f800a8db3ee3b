// The loader against facts that were counted in the files by other means.
#include "sim/workload/openb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "sim/testing.h"

namespace migadapter::sim {
namespace {

const std::string kFolder = "data/traces/alibaba-gpu-v2023/";

std::map<std::string, int> count_kinds(const Workload& workload) {
  std::map<std::string, int> counts;
  for (const Job& job : workload.jobs) ++counts[workload.kinds.at(job.demand.kind).name];
  return counts;
}

TEST(Openb, HasTheNodesOfTheTrace) {
  const auto nodes = load_openb_nodes(kFolder + "openb_node_list_gpu_node.csv.gz");
  ASSERT_TRUE(nodes.ok());
  EXPECT_EQ(nodes->size(), 1213U);
  int gpus = 0;
  for (const NodeSpec& node : *nodes) gpus += node.gpus;
  EXPECT_EQ(gpus, 6212);
}

TEST(Openb, HasThePodsOfTheTraceInOrderOfTheirCreation) {
  const auto workload = load_openb_shares(kFolder + "openb_pod_list_gpushare40.csv.gz", {});
  ASSERT_TRUE(workload.ok());
  EXPECT_EQ(workload->jobs.size(), 8152U);
  EXPECT_TRUE(std::ranges::is_sorted(workload->jobs, {}, &Job::arrives));
  const auto shares = std::ranges::count_if(workload->jobs, [&](const Job& job) {
    return job.demand.count == 1 && workload->kinds.at(job.demand.kind).milli < 1000;
  });
  EXPECT_EQ(shares, 4001);
}

TEST(Openb, APodMayNameTheModelsItRunsOn) {
  const auto workload =
      load_openb_shares(kFolder + "openb_pod_list_gpuspec33.csv.gz", {"G2", "T4", "V100M32"});
  ASSERT_TRUE(workload.ok());
  EXPECT_EQ(std::ranges::count_if(workload->jobs,
                                  [](const Job& job) { return job.demand.models != kAnyModel; }),
            2388);
}

TEST(Openb, CeilComputeGivesEachPodTheSmallestProfileThatIsEnough) {
  const auto workload =
      load_openb_profiles(kFolder + "openb_pod_list_default.csv.gz", {testing::a100()});
  ASSERT_TRUE(workload.ok());
  EXPECT_EQ(workload->jobs.size(), 6989U);
  const std::map<std::string, int> expected = {
      {"1g.5gb", 32}, {"2g.10gb", 280}, {"3g.20gb", 389}, {"4g.20gb", 971}, {"7g.40gb", 5317}};
  EXPECT_EQ(count_kinds(*workload), expected);
}

TEST(Openb, PodsThatNeverFoundANodeHaveTheirLifeAsTheirPatience) {
  OpenbMapping mapping{testing::a100()};
  mapping.single_gpu_only = false;
  const auto workload = load_openb_profiles(kFolder + "openb_pod_list_default.csv.gz", mapping);
  ASSERT_TRUE(workload.ok());
  EXPECT_EQ(workload->jobs.size(), 8152U);
  std::vector<Time> patience;
  for (const Job& job : workload->jobs) {
    if (job.patience != kNever && job.demand.count > 0) patience.push_back(job.patience);
  }
  ASSERT_EQ(patience.size(), 861U);
  std::ranges::nth_element(patience, patience.begin() + 430);
  EXPECT_EQ(patience[430], Time(96'000));
}

TEST(Openb, AMistakeNamesFileLineAndColumn) {
  const auto nodes = load_openb_nodes("data/traces/README.md");
  ASSERT_FALSE(nodes.ok());
  EXPECT_EQ(nodes.error().message().find("data/traces/README.md: line "), 0U);
}

}  // namespace
}  // namespace migadapter::sim
