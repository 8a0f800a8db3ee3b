// Decisions per second on a cluster of 5,000 nodes and 100,000 pods. Run by
// `build/release/tests/bench/decide_bench`; each item is one decision.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "cluster/store.h"
#include "cluster/testing.h"
#include "decide/restore.h"
#include "decide/upgrade.h"

namespace migadapter::decide {
namespace {

using cluster::Pod;
using cluster::Snapshot;
using cluster::Store;
using cluster::testing::make_node;
using cluster::testing::make_owner;
using cluster::testing::make_pod;
using cluster::testing::mig;
using cluster::testing::owned_by;

constexpr int kNodes = 5'000;
constexpr int kGpusOfNode = 4;
constexpr int kWaiting = 1'000;

// Fixed: a round takes from a microsecond to a large part of a second, and a guess at how many fit
// into the time asked for would take longer than the rounds.
constexpr int kQuickRounds = 100'000;
constexpr int kSlowRounds = 20;

/// The names of the three sizes of an `all-balanced` GPU.
struct Pool {
  std::string_view product;
  std::string_view small;
  std::string_view middle;
  std::string_view large;
};
constexpr Pool kPools[] = {
    {"NVIDIA-A100-SXM4-40GB", "nvidia.com/mig-1g.5gb", "nvidia.com/mig-2g.10gb",
     "nvidia.com/mig-3g.20gb"},
    {"NVIDIA-H100-80GB-HBM3", "nvidia.com/mig-1g.10gb", "nvidia.com/mig-2g.20gb",
     "nvidia.com/mig-3g.40gb"},
};

std::string numbered(std::string_view what, int number) {
  return std::string(what) + "-" + std::to_string(number);
}

/// Owners with names of their own for every kind of demand.
std::string owner_of(std::string_view resource) {
  return "owner-of-" + std::string(resource.substr(resource.find('-') + 1));
}

cluster::testing::PodBuilder pod_asking(const std::string& name, std::string_view resource) {
  return make_pod(name).owner(owned_by(owner_of(resource))).asks(resource).uses("cpu", 500);
}

/// How much of the cluster is taken.
struct Load {
  bool middle_taken = false;
  bool large_taken = false;
  bool middle_upgraded = false;  ///< by pods that asked for the small size
};

class Cluster {
 public:
  explicit Cluster(const Load& load) {
    store.upsert(cluster::testing::make_namespace());
    for (const Pool& pool : kPools) {
      add_owner(pool.small);
      add_owner(pool.middle);
      add_owner(pool.large);
    }
    for (int number = 0; number < kNodes; ++number) {
      add_node(numbered("node", number), kPools[number % 2], load);
    }
  }

  void add_owner(std::string_view resource) {
    store.upsert(make_owner(owner_of(resource), {mig(resource)}, 100'000));
  }

  /// Pods of the resource that wait; returns their uids.
  std::vector<base::Name> add_waiting(std::string_view resource,
                                      const cluster::Constraints& constraints = {}) {
    std::vector<base::Name> uids;
    for (int number = 0; number < kWaiting; ++number) {
      const std::string name = numbered("waiting", pods_++);
      uids.push_back(cluster::testing::uid_of(name));
      store.upsert(pod_asking(name, resource).waiting().constrained(constraints));
    }
    return uids;
  }

  Store store;

 private:
  void add_node(const std::string& node, const Pool& pool, const Load& load) {
    store.upsert(make_node(node)
                     .product(pool.product)
                     .offers(pool.small, 2 * kGpusOfNode)
                     .offers(pool.middle, kGpusOfNode)
                     .offers(pool.large, kGpusOfNode));
    for (int taken = 0; taken < 2 * kGpusOfNode; ++taken) add_running(node, pool.small);
    for (int taken = 0; taken < kGpusOfNode; ++taken) {
      if (load.middle_upgraded) add_upgraded(node, pool);
      if (load.middle_taken) add_running(node, pool.middle);
      if (load.large_taken) add_running(node, pool.large);
    }
    // The rest of the pods ask for no GPU, as most pods do.
    while (pods_ % 20 != 0) store.upsert(make_pod(numbered("other", pods_++)).on(node));
  }

  void add_running(const std::string& node, std::string_view resource) {
    store.upsert(pod_asking(numbered("running", pods_++), resource).on(node));
  }

  void add_upgraded(const std::string& node, const Pool& pool) {
    store.upsert(make_pod(numbered("upgraded", pods_++))
                     .owner(owned_by(owner_of(pool.small)))
                     .asks(pool.middle)
                     .instead_of(pool.small, "rule")
                     .on(node));
  }

  int pods_ = 0;
};

/// A cluster with pods that wait in it. Each benchmark keeps its own: the library calls it several
/// times.
struct Scenario {
  Scenario(const Load& load, std::string_view resource,
           const cluster::Constraints& constraints = {})
      : cluster(load) {
    cluster.add_owner(resource);
    waiting = cluster.add_waiting(resource, constraints);
  }
  Cluster cluster;
  std::vector<base::Name> waiting;
};

void decide_all(benchmark::State& state, const Scenario& scenario, UpgradeReason expected) {
  const Snapshot& snapshot = scenario.cluster.store.snapshot();
  const std::vector<base::Name>& uids = scenario.waiting;
  std::size_t next = 0;
  for (auto _ : state) {
    const UpgradeDecision decision = upgrade(snapshot, *snapshot.find_pod(uids[next]));
    MIGADAPTER_CHECK(decision.reason == expected);
    next = (next + 1) % uids.size();
  }
  state.SetItemsProcessed(state.iterations());
}

void UpgradeToTheNextSize(benchmark::State& state) {
  static const Scenario scenario({}, kPools[0].small);
  decide_all(state, scenario, UpgradeReason::upgraded);
}
BENCHMARK(UpgradeToTheNextSize)->Iterations(kQuickRounds);

void UpgradeWhenNothingLargerIsFree(benchmark::State& state) {
  static const Scenario scenario({.middle_taken = true, .large_taken = true}, kPools[0].small);
  decide_all(state, scenario, UpgradeReason::nothing_larger_free);
}
BENCHMARK(UpgradeWhenNothingLargerIsFree)->Iterations(kQuickRounds);

void UpgradeOfTheLargestSize(benchmark::State& state) {
  static const Scenario scenario({.large_taken = true}, kPools[0].large);
  decide_all(state, scenario, UpgradeReason::nothing_larger_free);
}
BENCHMARK(UpgradeOfTheLargestSize)->Iterations(kQuickRounds);

/// +me has engines that no free instance has.
void UpgradeWhenNoFreeInstanceIsSafe(benchmark::State& state) {
  static const Scenario scenario({}, "nvidia.com/mig-1g.5gb.me");
  decide_all(state, scenario, UpgradeReason::nothing_larger_free);
}
BENCHMARK(UpgradeWhenNoFreeInstanceIsSafe)->Iterations(kQuickRounds);

void UpgradeWhenOthersWantTheLargerInstances(benchmark::State& state) {
  static const Scenario scenario = [] {
    Scenario made({.large_taken = true}, kPools[0].small);
    made.cluster.add_waiting(kPools[0].middle);
    return made;
  }();
  decide_all(state, scenario, UpgradeReason::wanted_by_others);
}
BENCHMARK(UpgradeWhenOthersWantTheLargerInstances)->Iterations(kQuickRounds);

/// The worst case: each of the 2,500 nodes with larger free instances must be asked and refuses.
void UpgradeOfAPodWhoseNodesAreElsewhere(benchmark::State& state) {
  static const Scenario scenario = [] {
    cluster::Constraints constraints;
    constraints.node_selector = {{base::Name("pool"), base::Name("none")}};
    return Scenario({}, kPools[0].small, constraints);
  }();
  decide_all(state, scenario, UpgradeReason::no_node_fits);
}
BENCHMARK(UpgradeOfAPodWhoseNodesAreElsewhere)->Iterations(kSlowRounds);

void restore_next(benchmark::State& state, const Cluster& cluster, bool expected) {
  const auto nothing_held = [](const Pod&) { return false; };
  for (auto _ : state) {
    const auto next = next_restore(cluster.store.snapshot(), {}, base::WallTime{}, nothing_held);
    MIGADAPTER_CHECK(next.has_value() == expected);
  }
  state.SetItemsProcessed(state.iterations());
}

/// 20,000 upgraded pods, and everything is taken.
void NextRestoreWhenNothingIsFree(benchmark::State& state) {
  static const Cluster cluster({.large_taken = true, .middle_upgraded = true});
  restore_next(state, cluster, false);
}
BENCHMARK(NextRestoreWhenNothingIsFree)->Iterations(kQuickRounds);

/// 20,000 upgraded pods, and only larger instances are free.
void NextRestoreWhenOnlyLargerIsFree(benchmark::State& state) {
  static const Cluster cluster({.middle_upgraded = true});
  restore_next(state, cluster, false);
}
BENCHMARK(NextRestoreWhenOnlyLargerIsFree)->Iterations(kSlowRounds);

/// 20,000 upgraded pods, and one instance is free.
void NextRestoreOfTwentyThousand(benchmark::State& state) {
  static const Cluster cluster = [] {
    Cluster made({.middle_upgraded = true});
    made.store.remove_pod(cluster::testing::uid_of("running-0"));
    return made;
  }();
  restore_next(state, cluster, true);
}
BENCHMARK(NextRestoreOfTwentyThousand)->Iterations(kSlowRounds);

}  // namespace
}  // namespace migadapter::decide
