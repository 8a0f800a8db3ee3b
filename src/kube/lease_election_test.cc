#include "kube/lease_election.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace migadapter::kube {
namespace {

using std::chrono::seconds;

class LeaseElectionTest : public testing::Test {
 protected:
  static LeaderLeaseOptions options() {
    LeaderLeaseOptions options;
    options.name_space = "mig";
    options.identity = "us";
    return options;
  }
  LeaseRecord held_by(const std::string& holder, const std::string& version) const {
    return {.resource_version = version,
            .holder = holder,
            .duration = seconds(15),
            .acquired = {},
            .renewed = {},
            .transitions = 3};
  }
  std::optional<LeaseRecord> read(const std::optional<LeaseRecord>& record) {
    return election_.on_read(record, clock_.monotonic(), clock_.wall());
  }
  std::optional<LeaseRecord> renewal() const {
    return election_.renewal(clock_.monotonic(), clock_.wall());
  }
  /// The server stores the record and gives it a version.
  void store(LeaseRecord record, const std::string& version) {
    record.resource_version = version;
    election_.on_written(record, clock_.monotonic());
  }
  void become_leader() {
    const auto claim = read(std::nullopt);
    ASSERT_TRUE(claim.has_value());
    store(*claim, "1");
  }

  base::ManualClock clock_{base::WallTime(seconds(1'700'000'000))};
  LeaseElection election_{options()};
};

TEST_F(LeaseElectionTest, ALeaseThatIsNotThereIsCreated) {
  EXPECT_FALSE(renewal().has_value()) << "nothing is written before the Lease was read";
  const auto claim = read(std::nullopt);
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->resource_version, "");
  EXPECT_EQ(claim->holder, "us");
  EXPECT_EQ(claim->duration, seconds(15));
  EXPECT_EQ(claim->acquired, clock_.wall());
  EXPECT_EQ(claim->renewed, clock_.wall());
  EXPECT_EQ(claim->transitions, 0);
  EXPECT_FALSE(election_.leader_until().has_value()) << "not before the write";
}

TEST_F(LeaseElectionTest, LeadershipCountsFromTheStartOfTheWrite) {
  become_leader();
  EXPECT_EQ(election_.leader_until(), clock_.monotonic() + seconds(10));
}

TEST_F(LeaseElectionTest, ARenewalKeepsWhenAndHowOftenItWasAcquired) {
  become_leader();
  const base::WallTime acquired = clock_.wall();
  clock_.advance(seconds(2));
  const auto record = renewal();
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->resource_version, "1");
  EXPECT_EQ(record->acquired, acquired);
  EXPECT_EQ(record->renewed, clock_.wall());
  EXPECT_EQ(record->transitions, 0);
}

TEST_F(LeaseElectionTest, AfterAFailedWriteTheLeaseIsReadAndLeadershipRunsOut) {
  become_leader();
  const auto until = election_.leader_until();
  clock_.advance(seconds(2));
  election_.on_write_failed();
  EXPECT_FALSE(renewal().has_value());
  EXPECT_EQ(election_.leader_until(), until);
}

TEST_F(LeaseElectionTest, AWriteWhoseAnswerWasLostIsOursWhenReadAgain) {
  read(std::nullopt);
  election_.on_write_failed();
  const auto claim = read(held_by("us", "7"));
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->resource_version, "7");
  EXPECT_EQ(claim->transitions, 3);
}

TEST_F(LeaseElectionTest, AnothersLeaseExpiresByOurClockSinceItLastChanged) {
  EXPECT_FALSE(read(held_by("other", "1")).has_value());
  clock_.advance(seconds(14));
  EXPECT_FALSE(read(held_by("other", "1")).has_value());
  clock_.advance(seconds(1));
  const auto claim = read(held_by("other", "1"));
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->resource_version, "1") << "so that a renewal in between refuses our write";
  EXPECT_EQ(claim->transitions, 4);
  EXPECT_EQ(claim->acquired, clock_.wall());
}

TEST_F(LeaseElectionTest, EachChangeStartsTheWaitAnew) {
  for (const char* version : {"1", "2", "3", "4"}) {
    EXPECT_FALSE(read(held_by("other", version)).has_value());
    clock_.advance(seconds(14));
  }
}

TEST_F(LeaseElectionTest, ItsOwnDurationCountsForAnothersLease) {
  LeaseRecord brief = held_by("other", "1");
  brief.duration = seconds(1);
  EXPECT_FALSE(read(brief).has_value());
  clock_.advance(seconds(1));
  EXPECT_TRUE(read(brief).has_value());
}

TEST_F(LeaseElectionTest, AReleasedLeaseIsTakenAtOnce) {
  const auto claim = read(held_by("", "9"));
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->transitions, 4);
}

TEST_F(LeaseElectionTest, SeeingAnotherHolderEndsLeadershipAtOnce) {
  become_leader();
  election_.on_write_failed();
  EXPECT_FALSE(read(held_by("other", "2")).has_value());
  EXPECT_FALSE(election_.leader_until().has_value());
}

TEST_F(LeaseElectionTest, ALeaderThatWasPausedForLongReadsBeforeItWrites) {
  become_leader();
  clock_.advance(seconds(60));
  EXPECT_FALSE(renewal().has_value());
  EXPECT_LT(*election_.leader_until(), clock_.monotonic());
}

TEST_F(LeaseElectionTest, ReleasingEmptiesTheHolderForASecond) {
  become_leader();
  const auto record = election_.release(clock_.wall());
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->holder, "");
  EXPECT_EQ(record->duration, seconds(1));
  EXPECT_EQ(record->resource_version, "1");
  election_.on_released();
  EXPECT_FALSE(election_.leader_until().has_value());
  EXPECT_FALSE(election_.release(clock_.wall()).has_value());
}

TEST_F(LeaseElectionTest, WhoDoesNotLeadReleasesNothing) {
  read(held_by("other", "1"));
  EXPECT_FALSE(election_.release(clock_.wall()).has_value());
}

TEST(LeaseRecord, ComesBackAsItWasWritten) {
  const LeaseRecord record{.resource_version = "5",
                           .holder = "us",
                           .duration = seconds(15),
                           .acquired = base::WallTime(base::Millis(1'700'000'000'042)),
                           .renewed = base::WallTime(base::Millis(1'700'000'001'000)),
                           .transitions = 2};
  const auto decoded = decode_lease(encode_lease("mig", "mig-adapter", record));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message();
  EXPECT_EQ(*decoded, record);
}

TEST(LeaseRecord, ALeaseWithoutSpecIsFree) {
  const auto decoded = decode_lease(R"({"metadata":{"resourceVersion":"1"}})");
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->holder, "");
}

TEST(LeaseRecord, TextThatIsNoLeaseIsRefused) {
  for (const char* body : {"", "[]", "{}", R"({"metadata":{}})", R"({"metadata":[]})"}) {
    EXPECT_FALSE(decode_lease(body).ok()) << body;
  }
}

TEST_F(LeaseElectionTest, AFullCountOfTransitionsStartsAgain) {
  LeaseRecord released = held_by("", "7");
  released.transitions = std::numeric_limits<std::int32_t>::max();
  EXPECT_EQ(read(released)->transitions, 0);
}

}  // namespace
}  // namespace migadapter::kube
