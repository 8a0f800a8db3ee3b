// Small clusters and workloads for tests of the simulator.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "sim/engine.h"
#include "sim/policy.h"
#include "sim/workload/profiles.h"

namespace migadapter::sim::testing {

inline const mig::GpuModel& a100() {
  const mig::GpuModel* model = mig::find_model("A100-40GB");
  MIGADAPTER_CHECK(model != nullptr);
  return *model;
}

inline mig::Geometry geometry_of(const std::vector<std::string_view>& names) {
  std::vector<mig::Profile> profiles;
  for (const std::string_view name : names) profiles.push_back(*mig::parse_profile(name));
  return *place_profiles(a100(), std::move(profiles));
}

inline const std::vector<std::string_view> kBalanced = {"3g.20gb", "2g.10gb", "1g.5gb", "1g.5gb"};

/// Jobs that come one second after the other, each asking for one device for a minute.
class WorkloadBuilder {
 public:
  WorkloadBuilder() { workload_.kinds = kinds_of(a100()); }

  WorkloadBuilder& job(std::string_view profile) {
    Job job;
    job.name = "job-" + std::to_string(workload_.jobs.size());
    job.arrives = Time(1000) * workload_.jobs.size();
    job.demand = {1000, 1024, workload_.kinds.find(profile), 1, kAnyModel};
    job.run_time = Time(60'000);
    workload_.jobs.push_back(std::move(job));
    return *this;
  }
  /// Of the last job.
  WorkloadBuilder& arriving(Time at) {
    return set([&](Job& job) { job.arrives = at; });
  }
  WorkloadBuilder& running(Time length) {
    return set([&](Job& job) { job.run_time = length; });
  }
  WorkloadBuilder& patient(Time length) {
    return set([&](Job& job) { job.patience = length; });
  }
  WorkloadBuilder& priority(int value) {
    return set([&](Job& job) { job.priority = value; });
  }
  WorkloadBuilder& curve(SpeedModel model) {
    return set([&](Job& job) { job.curve = SpeedCurve(model); });
  }
  WorkloadBuilder& owner(std::string_view name) {
    return set([&](Job& job) { job.owner = name; });
  }

  Workload build() const { return workload_; }
  operator Workload() const { return workload_; }  // NOLINT(google-explicit-constructor)

 private:
  template <typename Change>
  WorkloadBuilder& set(const Change& change) {
    change(workload_.jobs.back());
    return *this;
  }
  Workload workload_;
};

inline NodeSpec node_spec(std::string name, int gpus) {
  return {std::move(name), std::string(a100().name), gpus, 256'000, 2 << 20, 110};
}

/// Nodes alike, of GPUs with that geometry.
inline Inventory fixed_nodes(const Workload& workload,
                             const std::vector<std::string_view>& profiles, int nodes = 1,
                             int gpus = 1) {
  Inventory inventory(workload.kinds.size());
  Partition& partition =
      inventory.add(make_fixed_partition(a100(), geometry_of(profiles), workload.kinds));
  for (int i = 0; i < nodes; ++i) {
    inventory.add_node(node_spec("node-" + std::to_string(i), gpus), partition);
  }
  return inventory;
}

}  // namespace migadapter::sim::testing
