#include "cluster/requests.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::mig;
using testing::name;
constexpr auto kInit = ContainerKind::init;
constexpr auto kSidecar = ContainerKind::sidecar;
constexpr auto kApp = ContainerKind::app;
constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kLarge = "nvidia.com/mig-2g.10gb";

/// A pod whose containers ask for one resource only.
struct FormulaCase {
  std::string sentence;
  std::vector<std::pair<ContainerKind, std::int64_t>> containers;
  std::int64_t overhead;
  std::int64_t expected;
};

const FormulaCase kFormulaCases[] = {
    {"no container asks for nothing", {}, 0, 0},
    {"apps add up", {{kApp, 2}, {kApp, 3}}, 0, 5},
    {"init containers run one by one", {{kInit, 4}, {kInit, 3}}, 0, 4},
    {"a large init container outweighs the apps", {{kInit, 7}, {kApp, 2}, {kApp, 3}}, 0, 7},
    {"a small init container costs nothing", {{kInit, 4}, {kApp, 2}, {kApp, 3}}, 0, 5},
    {"a sidecar runs beside the apps", {{kSidecar, 2}, {kApp, 3}}, 0, 5},
    {"an init container runs beside earlier sidecars",
     {{kSidecar, 2}, {kInit, 4}, {kApp, 3}},
     0,
     6},
    {"… but not beside later ones", {{kInit, 4}, {kSidecar, 2}, {kApp, 1}}, 0, 4},
    {"every earlier sidecar counts",
     {{kSidecar, 1}, {kInit, 2}, {kSidecar, 3}, {kInit, 5}, {kApp, 1}},
     0,
     9},
    {"sidecars without apps add up", {{kSidecar, 2}, {kSidecar, 3}}, 0, 5},
    {"overhead comes on top of the apps", {{kInit, 4}, {kApp, 5}}, 3, 8},
    {"… and on top of the init containers", {{kInit, 7}, {kApp, 5}}, 3, 10},
    {"overhead counts alone", {}, 3, 3},
};

TEST(EffectiveRequests, FollowThePublishedFormula) {
  for (const FormulaCase& formula_case : kFormulaCases) {
    SCOPED_TRACE(formula_case.sentence);
    std::vector<ContainerRequests> containers;
    for (const auto& [kind, amount] : formula_case.containers) {
      containers.push_back({kind, ResourceList{{name("cpu"), amount}}});
    }
    const ResourceList overhead{{name("cpu"), formula_case.overhead}};
    EXPECT_EQ(effective_requests(containers, overhead).of("cpu"), formula_case.expected);
  }
}

TEST(EffectiveRequests, EveryResourceFollowsTheFormulaByItself) {
  const std::vector<ContainerRequests> containers = {
      {kInit, ResourceList{{name("cpu"), 9}, {name("memory"), 1}}},
      {kApp, ResourceList{{name("cpu"), 2}, {name("memory"), 4}, {name(kSmall), 1}}},
  };
  EXPECT_EQ(effective_requests(containers, ResourceList{{name("memory"), 1}}),
            (ResourceList{{name("cpu"), 9}, {name("memory"), 5}, {name(kSmall), 1}}));
}

TEST(EffectiveMigRequests, AContainerThatAsksForTwoProfilesCountsForBoth) {
  const MigRequests requests = {mig(kSmall, 1, "a"), mig(kLarge, 2, "a"), mig(kSmall, 1, "b")};
  EXPECT_EQ(effective_mig_requests(requests), (ResourceList{{name(kSmall), 2}, {name(kLarge), 2}}));
}

TEST(EffectiveMigRequests, AnInitContainersInstanceIsTakenOverByTheApp) {
  const MigRequests requests = {mig(kSmall, 1, "load", kInit), mig(kSmall, 1, "main")};
  EXPECT_EQ(effective_mig_requests(requests).of(kSmall), 1);
}

TEST(ReplacedRequests, TurnEveryContainersDemandIntoAsManyGrants) {
  const MigRequests requests = {mig(kSmall, 1, "load", kInit), mig(kSmall, 2, "main"),
                                mig("nvidia.com/mig-3g.20gb", 1, "other")};
  const MigRequests expected = {mig(kLarge, 1, "load", kInit), mig(kLarge, 2, "main"),
                                mig("nvidia.com/mig-3g.20gb", 1, "other")};
  EXPECT_EQ(with_resource_replaced(requests, name(kSmall), name(kLarge)), expected);
}

TEST(ReplacedRequests, JoinWhatTheContainerAsksForOfTheGrantAlready) {
  const MigRequests requests = {mig(kSmall, 2, "main"), mig(kLarge, 1, "main"),
                                mig(kLarge, 1, "other")};
  const MigRequests expected = {mig(kLarge, 3, "main"), mig(kLarge, 1, "other")};
  EXPECT_EQ(with_resource_replaced(requests, name(kSmall), name(kLarge)), expected);
}

TEST(ReplacedRequests, KeepEverythingButTheMigResourcesOfThePod) {
  const Pod pod = testing::make_pod("a").asks(kSmall, 2).uses("cpu", 500);
  EXPECT_EQ(requests_with(pod, {mig(kLarge, 2)}),
            (ResourceList{{name("cpu"), 500}, {name(kLarge), 2}}));
}

}  // namespace
}  // namespace migadapter::cluster
