#include "sim/owner_pace.h"

#include <gtest/gtest.h>

namespace migadapter::sim {
namespace {

const base::Name kOwner("owner");

/// How many moves the owner may begin now.
int begin_all(OwnerPace& pace, Time now) {
  int begun = 0;
  for (; pace.may_move(kOwner, now); ++begun) pace.began(kOwner);
  return begun;
}

TEST(OwnerPace, OneMoveThenFourTimesAsManyInEachRound) {
  OwnerPace pace;
  EXPECT_EQ(begin_all(pace, Time(0)), 1);
  pace.confirmed(kOwner);
  EXPECT_EQ(begin_all(pace, Time(0)), 4);
  for (int i = 0; i < 4; ++i) pace.confirmed(kOwner);
  EXPECT_EQ(begin_all(pace, Time(0)), 16);
}

TEST(OwnerPace, AFailurePausesTwiceAsLongEachTime) {
  OwnerPace pace;
  pace.began(kOwner);
  pace.failed(kOwner, Time(0));
  EXPECT_FALSE(pace.may_move(kOwner, Time(9'999)));
  EXPECT_EQ(pace.next_end_of_pause(Time(0)), Time(10'000));
  EXPECT_TRUE(pace.may_move(kOwner, Time(10'000)));
  pace.began(kOwner);
  pace.failed(kOwner, Time(10'000));
  EXPECT_EQ(pace.next_end_of_pause(Time(10'000)), Time(30'000));
  EXPECT_EQ(pace.next_end_of_pause(Time(30'000)), kNever);
}

TEST(OwnerPace, AnOwnerThatIsGoneIsForgotten) {
  OwnerPace pace;
  pace.began(kOwner);
  pace.failed(kOwner, Time(0));
  pace.forget(kOwner);
  EXPECT_TRUE(pace.may_move(kOwner, Time(1)));
}

}  // namespace
}  // namespace migadapter::sim
