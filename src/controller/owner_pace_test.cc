#include "controller/owner_pace.h"

#include <gtest/gtest.h>

#include <chrono>

#include "cluster/testing.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

using cluster::testing::owned_by;
using std::chrono::hours;

class OwnerPacesTest : public testing::Test {
 protected:
  /// How many moves the owner may begin at once from here.
  int begin_all() {
    int begun = 0;
    for (; paces_.may_move(web_, now_); ++begun) paces_.begin(web_);
    return begun;
  }
  void fail_once() {
    paces_.begin(web_);
    paces_.failed(web_.uid, now_);
  }

  const cluster::OwnerReference web_ = owned_by("web");
  base::MonotonicTime now_{hours(24)};
  OwnerPaces paces_;
};

TEST_F(OwnerPacesTest, ASecondPodIsNotMovedBeforeTheFirstIsConfirmed) {
  EXPECT_EQ(begin_all(), 1);
}

TEST_F(OwnerPacesTest, EachRoundOfConfirmedMovesQuadruplesTheNext) {
  for (const int expected : {1, 4, 16, kMostMovesOfOwner, kMostMovesOfOwner}) {
    const int begun = begin_all();
    EXPECT_EQ(begun, expected);
    for (int i = 0; i < begun; ++i) paces_.confirmed(web_.uid);
  }
}

TEST_F(OwnerPacesTest, AStatefulSetMovesOnePodAtATimeHoweverOftenItWorked) {
  const cluster::OwnerReference database = owned_by("db", cluster::OwnerKind::stateful_set);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(paces_.may_move(database, now_));
    paces_.begin(database);
    EXPECT_FALSE(paces_.may_move(database, now_));
    paces_.confirmed(database.uid);
  }
}

TEST_F(OwnerPacesTest, AFailureCostsAPauseThatDoublesAndBringsTheOwnerBackToOne) {
  begin_all();
  paces_.confirmed(web_.uid);
  fail_once();
  EXPECT_FALSE(paces_.may_move(web_, now_ + kFirstBackOff - base::Millis(1)));
  now_ += kFirstBackOff;
  EXPECT_TRUE(paces_.may_move(web_, now_));
  fail_once();
  EXPECT_FALSE(paces_.may_move(web_, now_ + 2 * kFirstBackOff - base::Millis(1)));
  now_ += 2 * kFirstBackOff;
  EXPECT_EQ(begin_all(), 1);
}

TEST_F(OwnerPacesTest, ASuccessEndsTheDoubling) {
  fail_once();
  now_ += kFirstBackOff;
  begin_all();
  paces_.confirmed(web_.uid);
  fail_once();
  EXPECT_TRUE(paces_.may_move(web_, now_ + kFirstBackOff));
}

TEST_F(OwnerPacesTest, NoOwnerFailsMoreOftenThanTheHourlyLimit) {
  const base::MonotonicTime begin = now_;
  int failures = 0;
  for (; now_ < begin + hours(1); now_ += base::Millis(1'000)) {
    if (!paces_.may_move(web_, now_)) continue;
    paces_.begin(web_);
    // A success between two failures resets the back-off, never the hourly limit.
    if (failures % 2 == 1) paces_.confirmed(web_.uid), paces_.begin(web_);
    paces_.failed(web_.uid, now_);
    ++failures;
  }
  EXPECT_EQ(failures, kMostFailuresPerHour);
}

TEST_F(OwnerPacesTest, MovesThatFailTogetherAreOneFailure) {
  for (int confirmed = 0; confirmed < kMostFailuresPerHour; ++confirmed) {
    paces_.begin(web_);
    paces_.confirmed(web_.uid);
  }
  const int begun = begin_all();
  ASSERT_GT(begun, kMostFailuresPerHour);
  for (int failed = 0; failed < begun; ++failed) paces_.failed(web_.uid, now_);
  EXPECT_TRUE(paces_.may_move(web_, now_ + kFirstBackOff));
}

TEST_F(OwnerPacesTest, AWithdrawnMoveCostsNothing) {
  begin_all();
  paces_.withdrawn(web_.uid);
  EXPECT_TRUE(paces_.may_move(web_, now_));
}

TEST_F(OwnerPacesTest, APauseHoldsUntilItsEndAndNeverShortensALongerOne) {
  paces_.pause(web_.uid, now_ + base::Millis(100));
  paces_.pause(web_.uid, now_ + base::Millis(50));
  EXPECT_FALSE(paces_.may_move(web_, now_ + base::Millis(99)));
  EXPECT_TRUE(paces_.may_move(web_, now_ + base::Millis(100)));
}

TEST_F(OwnerPacesTest, OneOwnersFailureDoesNotHoldAnother) {
  fail_once();
  EXPECT_TRUE(paces_.may_move(owned_by("other"), now_));
}

TEST_F(OwnerPacesTest, AnOwnerThatGoesDuringItsMoveIsForgottenWithIt) {
  paces_.begin(web_);
  paces_.forget(web_.uid);
  paces_.confirmed(web_.uid);
  EXPECT_EQ(paces_.size(), 0U);
  paces_.begin(web_);
  paces_.forget(web_.uid);
  paces_.failed(web_.uid, now_);
  EXPECT_EQ(paces_.size(), 0U);
}

}  // namespace
}  // namespace migadapter::controller
