#include "cluster/pod.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::make_pod;
using testing::mig;
using testing::name;
constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kLarge = "nvidia.com/mig-2g.10gb";

TEST(Pod, IsNamedWithItsNamespace) {
  EXPECT_EQ(full_name(make_pod("web-1").in("train")), "train/web-1");
}

TEST(SingleResource, IsTheOneThatAllContainersName) {
  EXPECT_EQ(single_resource({mig(kSmall, 1, "a"), mig(kSmall, 2, "b")}), name(kSmall));
  EXPECT_EQ(single_resource({mig(kSmall, 1, "a"), mig(kLarge, 1, "b")}), std::nullopt);
  EXPECT_EQ(single_resource({}), std::nullopt);
}

TEST(Pod, IsUpgradedWhenItAsksForOtherThanItsDemand) {
  EXPECT_TRUE(is_upgraded(make_pod("a").asks(kLarge).instead_of(kSmall)));
  EXPECT_FALSE(is_upgraded(make_pod("a").asks(kSmall).instead_of(kSmall)));
  EXPECT_FALSE(is_upgraded(make_pod("a").asks(kSmall)));
}

TEST(Pod, DemandsWhatItsAuthorAskedFor) {
  EXPECT_EQ(demand_of(make_pod("a").asks(kLarge).instead_of(kSmall).build()),
            MigRequests{mig(kSmall)});
  EXPECT_EQ(demand_of(make_pod("a").asks(kSmall).build()), MigRequests{mig(kSmall)});
}

/// What one state of a pod means to the scheduler and to us.
struct StateCase {
  std::string sentence;
  Pod pod;
  std::string occupied_node;
  bool seeks_node;
  bool waits_for_capacity;
};

std::vector<StateCase> state_cases() {
  const auto pod = [] { return make_pod("a").asks(kSmall); };
  return {
      {"new to the scheduler", pod(), "", true, false},
      {"tried and not placed", pod().waiting(), "", true, true},
      {"nominated", pod().waiting().nominated_to("n"), "n", false, true},
      {"gated", pod().waiting().gated(), "", false, false},
      {"bound, not started", pod().on("n").phase(PodPhase::pending), "n", false, false},
      {"running", pod().on("n"), "n", false, false},
      {"bound elsewhere than nominated", pod().on("n").nominated_to("m"), "n", false, false},
      {"terminating", pod().on("n").terminating(), "n", false, false},
      {"terminating before it was placed", pod().waiting().terminating(), "", false, false},
      {"out of sight of its kubelet", pod().on("n").phase(PodPhase::unknown), "n", false, false},
      {"succeeded", pod().on("n").phase(PodPhase::succeeded), "", false, false},
      {"failed before it was placed", pod().waiting().phase(PodPhase::failed), "", false, false},
  };
}

TEST(Pod, OccupiesANodeFromNominationUntilItHasFinished) {
  for (const StateCase& state : state_cases()) {
    SCOPED_TRACE(state.sentence);
    EXPECT_EQ(occupied_node(state.pod), state.occupied_node);
  }
}

TEST(Pod, SeeksANodeUntilTheSchedulerHasSetOneAside) {
  for (const StateCase& state : state_cases()) {
    SCOPED_TRACE(state.sentence);
    EXPECT_EQ(seeks_node(state.pod), state.seeks_node);
  }
}

TEST(Pod, WaitsForCapacityOnceTheSchedulerHasTried) {
  for (const StateCase& state : state_cases()) {
    SCOPED_TRACE(state.sentence);
    EXPECT_EQ(state.pod.waits_for_capacity(), state.waits_for_capacity);
  }
}

}  // namespace
}  // namespace migadapter::cluster
