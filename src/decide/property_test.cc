#include <gtest/gtest.h>

#include "base/rng.h"
#include "decide/restore.h"
#include "decide/testing.h"

namespace migadapter::decide {
namespace {

using cluster::Pod;
using cluster::Snapshot;

constexpr std::uint64_t kClusters = 500;
constexpr base::WallTime kNow = base::WallTime{} + base::Millis{1'000};

/// Calls `check` with as many clusters made of chance; a failure names the seed.
void for_each_cluster(const std::function<void(cluster::Store&)>& check) {
  for (std::uint64_t seed = 1; seed <= kClusters; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    base::Rng rng(seed);
    cluster::Store store;
    testing::fill(store, [&rng](std::uint64_t bound) { return rng.below(bound); });
    check(store);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(UpgradeProperty, AGrantIsPossibleAndTheLeastWastefulAndARefusalIsRight) {
  std::map<UpgradeReason, int> seen;
  int granted_anew = 0;
  for_each_cluster([&](cluster::Store& store) {
    const Snapshot& snapshot = store.snapshot();
    for (const base::Name& uid : snapshot.waiting()) {
      const Pod& pod = *snapshot.find_pod(uid);
      const UpgradeDecision decision = upgrade(snapshot, pod);
      ++seen[decision.reason];
      if (decision.grant && cluster::is_upgraded(pod)) ++granted_anew;
      EXPECT_EQ(testing::fault_of(snapshot, pod, decision), "") << pod.name;
    }
  });
  for (const auto reason : {UpgradeReason::upgraded, UpgradeReason::nothing_larger_free,
                            UpgradeReason::wanted_by_others, UpgradeReason::no_node_fits,
                            UpgradeReason::fits_now, UpgradeReason::unknown_hardware}) {
    EXPECT_GT(seen[reason], 0) << to_string(reason) << " was never decided";
  }
  EXPECT_GT(granted_anew, 0) << "no pod lost its grant and got another one";
}

/// Each pod that waits is decided about in turn, as the controller does, and each grant is
/// promised.
TEST(UpgradeProperty, PromisesNeverExceedWhatANodeHas) {
  for_each_cluster([](cluster::Store& store) {
    const std::set<base::Name> waiting = store.snapshot().waiting();
    int rules = 0;
    for (const base::Name& uid : waiting) {
      const UpgradeDecision decision = upgrade(store.snapshot(), *store.snapshot().find_pod(uid));
      if (!decision.grant) continue;
      const auto& [demand, grant, node, requests, waste] = *decision.grant;
      const std::int64_t before = store.snapshot().find_node(node)->free(grant.view());
      store.hold({"rule-" + std::to_string(rules++), node, requests,
                  cluster::successor_of(*store.snapshot().find_pod(uid))});
      EXPECT_GE(store.snapshot().find_node(node)->free(grant.view()), 0);
      EXPECT_LT(store.snapshot().find_node(node)->free(grant.view()), before);
    }
  });
}

TEST(RestoreProperty, TheNextRestoreReclaimsTheMostOfAllAndIsTheOldestOfEquals) {
  int restored = 0;
  for_each_cluster([&restored](cluster::Store& store) {
    const Snapshot& snapshot = store.snapshot();
    const auto next = next_restore(snapshot, {}, kNow, [](const Pod&) { return false; });
    const auto order = [&snapshot](const Pod& pod, const RestoreDecision& decision) {
      return std::pair(share_of(decision.reclaimed, *snapshot.find_node(pod.node)->model),
                       -pod.created.time_since_epoch());
    };
    restored += next ? 1 : 0;
    for (const base::Name& uid : snapshot.upgraded()) {
      const Pod& pod = *snapshot.find_pod(uid);
      const RestoreDecision decision = restore(snapshot, pod, PodPolicy{}, kNow);
      if (!decision.grant) continue;
      ASSERT_TRUE(next) << pod.name << " could be restored";
      EXPECT_LE(order(pod, decision), order(*snapshot.find_pod(next->pod_uid), next->decision));
      EXPECT_GT(order(pod, decision).first, WasteShare{});
      EXPECT_TRUE(testing::fits_by_counting(snapshot, pod, decision.grant->requests,
                                            snapshot.find_node(decision.grant->node)->node));
    }
  });
  EXPECT_GT(restored, 0);
}

/// What next_restore relies on to look a pair of profiles up once: the table wastes alike wherever
/// two profiles of the same names meet on models whose memory slices are known.
TEST(WasteShare, OfTwoProfilesIsTheSameOnEveryGpuModel) {
  std::map<std::pair<mig::Profile, mig::Profile>, WasteShare> shares;
  for (const mig::GpuModel& model : mig::gpu_models()) {
    if (model.memory_slices == 0) continue;
    for (const mig::ModelProfile& demand : model.profiles) {
      for (const mig::ModelProfile& grant : model.profiles) {
        if (mig::safe_upgrade(demand.device, grant.device) != mig::SafetyReason::safe) continue;
        const WasteShare share = share_of(mig::waste(demand.device, grant.device), model);
        const auto [known, added] = shares.emplace(std::pair{demand.profile, grant.profile}, share);
        EXPECT_EQ(known->second, share) << model.name << ": " << to_string(demand.profile) << " on "
                                        << to_string(grant.profile);
      }
    }
  }
  EXPECT_GT(shares.size(), 100U);
}

}  // namespace
}  // namespace migadapter::decide
