#include "controller/replicas.h"

#include <gtest/gtest.h>

namespace migadapter::controller {
namespace {

constexpr base::Millis kLease{10'000};

cluster::Replica replica(const std::string& name, const std::string& version,
                         const std::string& served) {
  return {base::Name("uid-" + name), name, version, served, kLease};
}

class ReplicasTest : public testing::Test {
 protected:
  base::MonotonicTime now_{base::Millis(1'000'000)};
  Replicas replicas_;
};

TEST_F(ReplicasTest, WithoutAnyNothingIsServed) {
  EXPECT_FALSE(replicas_.any_lives(now_));
  EXPECT_FALSE(replicas_.all_serve("1", now_));
  EXPECT_FALSE(replicas_.next_death(now_).has_value());
}

TEST_F(ReplicasTest, ARuleIsServedWhenEveryOneThatLivesHasComeToIt) {
  replicas_.changed(replica("a", "10", "99"), now_);
  replicas_.changed(replica("b", "11", "100"), now_);
  EXPECT_TRUE(replicas_.all_serve("99", now_));
  EXPECT_FALSE(replicas_.all_serve("100", now_));
  replicas_.changed(replica("a", "12", "100"), now_);
  EXPECT_TRUE(replicas_.all_serve("100", now_));
}

TEST_F(ReplicasTest, OneThatRenewsNothingForALeaseIsDeadAndNotWaitedFor) {
  replicas_.changed(replica("a", "10", "5"), now_);
  replicas_.changed(replica("b", "11", "9"), now_ + base::Millis(1));
  EXPECT_EQ(replicas_.next_death(now_), now_ + kLease);
  EXPECT_FALSE(replicas_.all_serve("9", now_ + kLease - base::Millis(1)));
  EXPECT_TRUE(replicas_.all_serve("9", now_ + kLease));
  EXPECT_FALSE(replicas_.any_lives(now_ + kLease + base::Millis(1)));
  EXPECT_FALSE(replicas_.all_serve("1", now_ + kLease + base::Millis(1)));
}

TEST_F(ReplicasTest, ALeaseThatAListShowsAgainUnchangedIsNoSignOfLife) {
  replicas_.changed(replica("a", "10", "5"), now_);
  replicas_.changed(replica("a", "10", "5"), now_ + base::Millis(9'000));
  EXPECT_FALSE(replicas_.any_lives(now_ + kLease));
  replicas_.changed(replica("a", "11", "5"), now_ + kLease);
  EXPECT_TRUE(replicas_.any_lives(now_ + kLease));
}

TEST_F(ReplicasTest, OneWhoseLeaseIsGoneIsNotWaitedFor) {
  replicas_.changed(replica("a", "10", "5"), now_);
  replicas_.changed(replica("b", "11", "9"), now_);
  replicas_.removed(base::Name("uid-a"));
  EXPECT_TRUE(replicas_.all_serve("9", now_));
}

TEST_F(ReplicasTest, AfterAPauseOfOursEveryOneIsGivenALeaseMore) {
  replicas_.changed(replica("a", "10", "5"), now_);
  now_ += base::Millis(20'000);
  replicas_.reprieve(now_);
  EXPECT_TRUE(replicas_.any_lives(now_));
  EXPECT_FALSE(replicas_.all_serve("9", now_)) << "it is waited for";
}

}  // namespace
}  // namespace migadapter::controller
