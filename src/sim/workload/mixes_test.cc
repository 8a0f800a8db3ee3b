#include "sim/workload/mixes.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "sim/testing.h"

namespace migadapter::sim {
namespace {

constexpr int kJobs = 50'000;

ClusterSpec cluster_of(int gpus) {
  ClusterSpec cluster{&testing::a100(), {testing::geometry_of(testing::kBalanced)}};
  cluster.gpus_per_node = gpus;
  return cluster;
}

/// The part of the jobs that ask for each size, in percent.
std::map<std::string, int> percent_of(Mix mix) {
  MixOptions options;
  options.mix = mix;
  options.jobs = kJobs;
  const Workload workload = make_mix(cluster_of(8), options);
  std::map<std::string, double> counts;
  for (const Job& job : workload.jobs) ++counts[workload.kinds.at(job.demand.kind).name];
  std::map<std::string, int> percent;
  for (const auto& [name, count] : counts) {
    percent[name] = static_cast<int>(100 * count / kJobs + 0.5);
  }
  return percent;
}

void expect_percent(Mix mix, const std::array<int, 5>& expected) {
  const std::array<std::string, 5> names = {"1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"};
  auto percent = percent_of(mix);
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_NEAR(percent[names[i]], expected[i], 1) << to_string(mix) << ", " << names[i];
  }
}

TEST(Mix, EverySizeComesAsOftenAsItsMixSays) {
  expect_percent(Mix::uniform, {20, 20, 20, 20, 20});
  expect_percent(Mix::skew_small, {33, 27, 20, 13, 7});
  expect_percent(Mix::skew_big, {7, 13, 20, 27, 33});
  expect_percent(Mix::bimodal, {40, 7, 7, 7, 40});
}

TEST(Mix, TheLoadIsWhatWasAskedFor) {
  for (const double load : {0.7, 1.3}) {
    MixOptions options;
    options.load = load;
    options.jobs = kJobs;
    const Workload workload = make_mix(cluster_of(8), options);
    double slice_ms = 0;
    for (const Job& job : workload.jobs) {
      const auto* profile =
          mig::find_profile(testing::a100(), *workload.kinds.at(job.demand.kind).profile);
      slice_ms += profile->device.memory_slices * static_cast<double>(job.run_time.count());
    }
    const double capacity = 64 * static_cast<double>(workload.jobs.back().arrives.count());
    EXPECT_NEAR(slice_ms / capacity, load, 0.02);
  }
}

TEST(Mix, MixesHaveNames) {
  EXPECT_EQ(find_mix("skew-big"), Mix::skew_big);
  EXPECT_EQ(find_mix("none"), std::nullopt);
  EXPECT_EQ(to_string(Mix::bimodal), "bimodal");
}

}  // namespace
}  // namespace migadapter::sim
