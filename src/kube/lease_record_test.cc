#include "kube/lease_record.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace migadapter::kube {
namespace {

TEST(LeaseRecord, IsReadBackAsItWasWritten) {
  const LeaseRecord record{.resource_version = "7",
                           .holder = "us",
                           .duration = base::Millis(15'000),
                           .acquired = base::WallTime(base::Millis(1'700'000'000'001)),
                           .renewed = base::WallTime(base::Millis(1'700'000'000'002)),
                           .transitions = 3};
  const auto read = decode_lease(encode_lease("mig", "mig-adapter", record));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(*read, record);
}

TEST(LeaseRecord, NumbersBeyondTheirRangeAreCutOff) {
  const auto read = decode_lease(
      R"({"metadata":{"resourceVersion":"1"},"spec":{"holderIdentity":"a",)"
      R"("leaseDurationSeconds":9223372036854775807,"leaseTransitions":-9223372036854775808}})");
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->duration, std::chrono::seconds(std::numeric_limits<std::int32_t>::max()));
  EXPECT_EQ(read->transitions, 0);
}

}  // namespace
}  // namespace migadapter::kube
