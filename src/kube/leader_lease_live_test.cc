#include "kube/leader_lease.h"
#include "kube/live_test.h"

namespace migadapter::kube {
namespace {

class LeaderLeaseLiveTest : public LiveTest {
 protected:
  std::unique_ptr<LeaderLease> candidate(const std::string& identity) {
    LeaderLeaseOptions options;
    options.name_space = name_space_;
    options.identity = identity;
    options.lease_duration = base::Millis(2'000);
    options.renew_deadline = base::Millis(1'500);
    options.retry_period = base::Millis(100);
    return start_leader_lease(*transport_, clock_, log_, options);
  }
  bool leads(const LeaderLease& lease) const {
    const auto until = lease.leader_until();
    return until.has_value() && *until > clock_.monotonic();
  }
  bool takes_the_lead(const LeaderLease& lease) {
    return eventually([&] { return leads(lease); });
  }
};

TEST_F(LeaderLeaseLiveTest, OneOfTwoLeadsAndKeepsLeading) {
  const auto first = candidate("first");
  ASSERT_TRUE(takes_the_lead(*first));
  const auto second = candidate("second");
  const base::MonotonicTime past_the_lease = clock_.monotonic() + base::Millis(2'500);
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(leads(*first));
    EXPECT_FALSE(leads(*second));
    return clock_.monotonic() > past_the_lease || HasFailure();
  }));
}

TEST_F(LeaderLeaseLiveTest, AReleasedLeaseIsTakenBeforeItWouldExpire) {
  auto first = candidate("first");
  ASSERT_TRUE(takes_the_lead(*first));
  const auto second = candidate("second");
  first->release(base::Millis(5'000));
  EXPECT_FALSE(first->leader_until().has_value());
  EXPECT_TRUE(takes_the_lead(*second));
}

TEST_F(LeaderLeaseLiveTest, ALeaseThatIsNoLongerRenewedIsTakenOver) {
  auto first = candidate("first");
  ASSERT_TRUE(takes_the_lead(*first));
  const base::MonotonicTime may_act_until = *first->leader_until();
  first.reset();  // as a crash would: nothing is given back
  const auto second = candidate("second");
  EXPECT_TRUE(takes_the_lead(*second));
  EXPECT_GT(clock_.monotonic(), may_act_until);
}

}  // namespace
}  // namespace migadapter::kube
