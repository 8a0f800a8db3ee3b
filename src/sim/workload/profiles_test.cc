#include "sim/workload/profiles.h"

#include <gtest/gtest.h>

#include "base/check.h"

namespace migadapter::sim {
namespace {

const mig::GpuModel& model(std::string_view name) {
  const mig::GpuModel* found = mig::find_model(name);
  MIGADAPTER_CHECK(found != nullptr);
  return *found;
}

std::string names(const std::vector<mig::Profile>& profiles) {
  std::string text;
  for (const mig::Profile& profile : profiles) {
    text += (text.empty() ? "" : " ") + mig::to_string(profile);
  }
  return text;
}

TEST(Profiles, TheBaseProfilesHaveOneForEachNumberOfSlices) {
  EXPECT_EQ(names(base_profiles(model("A100-40GB"))), "1g.5gb 2g.10gb 3g.20gb 4g.20gb 7g.40gb");
  EXPECT_EQ(names(base_profiles(model("A30"))), "1g.6gb 2g.12gb 4g.24gb");
}

TEST(Profiles, AShareOfTheComputeIsRoundedUp) {
  const mig::GpuModel& a100 = model("A100-40GB");
  const Kinds kinds = kinds_of(a100);
  const auto smallest = [&](double share) {
    return kinds.at(smallest_kind(a100, kinds, share)).name;
  };
  EXPECT_EQ(smallest(0.142), "1g.5gb");
  EXPECT_EQ(smallest(0.143), "2g.10gb");
  EXPECT_EQ(smallest(0.571), "4g.20gb");
  EXPECT_EQ(smallest(0.572), "7g.40gb");
  EXPECT_EQ(smallest(1), "7g.40gb");
}

TEST(Profiles, AllBalancedIsWhatNvidiaCallsIt) {
  EXPECT_EQ(names(balanced_profiles(model("A100-40GB"))), "3g.20gb 2g.10gb 1g.5gb 1g.5gb");
  EXPECT_EQ(names(balanced_profiles(model("A30"))), "2g.12gb 1g.6gb 1g.6gb");
}

TEST(Profiles, AGeometryIsFoundWhereThereIsOne) {
  const mig::GpuModel& a100 = model("A100-40GB");
  const auto geometry = place_profiles(a100, balanced_profiles(a100));
  ASSERT_TRUE(geometry.ok());
  EXPECT_EQ(mig::check_geometry(a100, *geometry), mig::GeometryReason::legal);
  const mig::Profile three = *mig::parse_profile("3g.20gb");
  const auto impossible = place_profiles(a100, {three, three, three});
  ASSERT_FALSE(impossible.ok());
  EXPECT_EQ(impossible.error().message(),
            "3g.20gb, 3g.20gb, 3g.20gb: one A100-40GB cannot be cut into these");
}

}  // namespace
}  // namespace migadapter::sim
