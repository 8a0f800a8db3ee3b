#include "controller/rule_ledger.h"

#include <gtest/gtest.h>

#include <utility>

#include "cluster/testing.h"
#include "controller/limits.h"

namespace migadapter::controller {
namespace {

using base::ErrorCode;
using cluster::RulePhase;

/// The ledger against writes that wait for the test to answer them: "create r", "status r@2", …
class RuleLedgerTest : public testing::Test, public kube::RuleWriter {
 protected:
  void create(const cluster::Rule& rule, Done done) override { ask("create " + rule.id, done); }
  void write_status(const cluster::Rule& rule, Done done) override {
    ask("status " + rule.id + "@" + rule.resource_version, done);
  }
  void remove(const cluster::Rule& rule, Done done) override {
    ask("remove " + rule.id + "@" + rule.resource_version, done);
  }
  void ask(std::string what, const Done& done) {
    asked_.push_back(std::move(what));
    answer_ = done;
  }

  void answer(base::Result<kube::RuleVersion> result) {
    std::exchange(answer_, nullptr)(std::move(result));
    for (Message& message : inbox_.take(base::Millis(0)))
      ledger_.answered(std::get<RuleOutcome>(message));
  }
  void answer_version(const std::string& version) {
    answer(kube::RuleVersion{cluster::testing::uid_of("r"), version});
  }
  void refuse(ErrorCode code) { answer(base::Error(code, "no")); }

  static cluster::Rule rule(const std::string& version) {
    cluster::Rule rule = cluster::testing::make_rule("r");
    rule.resource_version = version;
    return rule;
  }
  static cluster::RuleStatus status(RulePhase phase) {
    cluster::RuleStatus status;
    status.phase = phase;
    return status;
  }
  void create_rule() {
    cluster::Rule fresh = rule("");
    fresh.uid = base::Name();
    ledger_.create(fresh);
  }
  /// What is asked for when time has come to now.
  std::vector<std::string> flush() {
    ledger_.flush([] { return true; });
    return std::exchange(asked_, {});
  }
  using Writes = std::vector<std::string>;

  base::ManualClock clock_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::error, [](std::string_view) {}};
  Inbox inbox_;
  std::vector<std::string> asked_;
  Done answer_;
  RuleLedger ledger_{{*this, inbox_, clock_, log_}};
};

TEST_F(RuleLedgerTest, ARuleIsCreatedAtOnceAndItsEndNamesWhatWasAnswered) {
  create_rule();
  EXPECT_EQ(flush(), Writes{"create r"});
  ledger_.remove("r");
  EXPECT_EQ(flush(), Writes{}) << "not before the answer";
  answer_version("2");
  EXPECT_EQ(flush(), Writes{"remove r@2"});
}

TEST_F(RuleLedgerTest, AnOwnerIsUnseenUntilTheWatchShowsItsRule) {
  create_rule();
  EXPECT_EQ(ledger_.owners_unseen().size(), 1U);
  answer_version("2");
  EXPECT_EQ(ledger_.owners_unseen().size(), 1U);
  EXPECT_FALSE(ledger_.seen(rule("2"))) << "it is ours";
  EXPECT_TRUE(ledger_.owners_unseen().empty());
}

TEST_F(RuleLedgerTest, ARefusedCreateLeavesNothing) {
  create_rule();
  refuse(ErrorCode::forbidden);
  EXPECT_EQ(ledger_.find("r"), nullptr);
  EXPECT_TRUE(ledger_.owners_unseen().empty());
}

TEST_F(RuleLedgerTest, ACreateWhoseAnswerIsLostIsKnownWhenTheWatchShowsIt) {
  create_rule();
  refuse(ErrorCode::timeout);
  EXPECT_EQ(ledger_.owners_unseen().size(), 1U);
  EXPECT_FALSE(ledger_.seen(rule("2")));
  ledger_.remove("r");
  flush();
  EXPECT_EQ(ledger_.find("r")->resource_version, "2");
}

TEST_F(RuleLedgerTest, ACreateThatTheWatchNeverShowsIsForgotten) {
  create_rule();
  refuse(ErrorCode::unavailable);
  EXPECT_EQ(ledger_.next_due(), clock_.monotonic() + kNewsPatience);
  clock_.advance(kNewsPatience);
  flush();
  EXPECT_TRUE(ledger_.owners_unseen().empty());
  EXPECT_TRUE(ledger_.seen(rule("2"))) << "now it would be a stranger's";
}

TEST_F(RuleLedgerTest, AConflictWaitsForNewsAndTriesWithIt) {
  ledger_.seen(rule("2"));
  ledger_.remove("r");
  EXPECT_EQ(flush(), Writes{"remove r@2"});
  refuse(ErrorCode::conflict);
  EXPECT_EQ(flush(), Writes{});
  ledger_.seen(rule("3"));
  EXPECT_EQ(flush(), Writes{"remove r@3"});
}

TEST_F(RuleLedgerTest, AConflictWhoseNewsHasComeAlreadyIsTriedAtOnce) {
  ledger_.seen(rule("2"));
  ledger_.remove("r");
  flush();
  ledger_.seen(rule("3"));
  refuse(ErrorCode::conflict);
  EXPECT_EQ(flush(), Writes{"remove r@3"});
}

TEST_F(RuleLedgerTest, ALostAnswerIsTriedAgainWithLongerWaits) {
  ledger_.seen(rule("2"));
  ledger_.remove("r");
  for (const base::Millis wait : {kFirstWriteRetry, 2 * kFirstWriteRetry, 4 * kFirstWriteRetry}) {
    EXPECT_EQ(flush(), Writes{"remove r@2"});
    refuse(ErrorCode::timeout);
    clock_.advance(wait - base::Millis(1));
    EXPECT_EQ(flush(), Writes{});
    clock_.advance(base::Millis(1));
  }
}

TEST_F(RuleLedgerTest, ItWaitsAsLongAsTheServerAsks) {
  ledger_.seen(rule("2"));
  ledger_.remove("r");
  flush();
  answer(base::Error(ErrorCode::too_many_requests, "busy").with_retry_after(base::Millis(7'000)));
  clock_.advance(base::Millis(6'999));
  EXPECT_EQ(flush(), Writes{});
  clock_.advance(base::Millis(1));
  EXPECT_EQ(flush(), Writes{"remove r@2"});
}

TEST_F(RuleLedgerTest, ARuleThatIsGoneAlreadyIsNotDeletedAgain) {
  ledger_.seen(rule("2"));
  ledger_.remove("r");
  flush();
  refuse(ErrorCode::not_found);
  clock_.advance(kLongestWriteRetry);
  EXPECT_EQ(flush(), Writes{});
  EXPECT_FALSE(ledger_.seen(rule("2"))) << "the watch lags behind";
  EXPECT_EQ(flush(), Writes{});
}

TEST_F(RuleLedgerTest, TellsOfADeletionThatItDidNotAskFor) {
  ledger_.seen(rule("2"));
  EXPECT_EQ(ledger_.gone(cluster::testing::uid_of("r")), "r");
  ledger_.seen(rule("2"));
  ledger_.remove("r");
  EXPECT_EQ(ledger_.gone(cluster::testing::uid_of("r")), std::nullopt);
  EXPECT_EQ(ledger_.gone(cluster::testing::uid_of("other")), std::nullopt);
}

TEST_F(RuleLedgerTest, TheLatestStatusIsWrittenEvenIfItChangesDuringAWrite) {
  ledger_.seen(rule("2"));
  ledger_.set_status("r", status(RulePhase::awaiting));
  EXPECT_EQ(flush(), Writes{"status r@2"});
  ledger_.set_status("r", status(RulePhase::placing));
  EXPECT_EQ(flush(), Writes{}) << "one write of a rule at a time";
  answer_version("3");
  EXPECT_EQ(ledger_.find("r")->status.phase, RulePhase::awaiting);
  EXPECT_EQ(flush(), Writes{"status r@3"});
  answer_version("4");
  EXPECT_EQ(flush(), Writes{});
  EXPECT_EQ(ledger_.find("r")->status.phase, RulePhase::placing);
}

TEST_F(RuleLedgerTest, AStatusThatTheWatchShowsNeedsNoWrite) {
  ledger_.seen(rule("2"));
  ledger_.set_status("r", status(RulePhase::awaiting));
  flush();
  refuse(ErrorCode::timeout);
  cluster::Rule written = rule("3");
  written.status = status(RulePhase::awaiting);
  ledger_.seen(written);
  clock_.advance(kLongestWriteRetry);
  EXPECT_EQ(flush(), Writes{});
}

TEST_F(RuleLedgerTest, NothingIsWrittenOnceTheGateIsShut) {
  ledger_.seen(rule("2"));
  ledger_.remove("r");
  ledger_.flush([] { return false; });
  EXPECT_EQ(asked_, Writes{});
}

TEST_F(RuleLedgerTest, WhoHasGivenUpWritesNothing) {
  ledger_.seen(rule("2"));
  ledger_.remove("r");
  ledger_.give_up();
  EXPECT_EQ(flush(), Writes{});
  EXPECT_EQ(ledger_.standing().size(), 1U);
}

TEST_F(RuleLedgerTest, AnotherObjectUnderAKnownNameIsAStranger) {
  ledger_.seen(rule("2"));
  cluster::Rule another = rule("3");
  another.uid = cluster::testing::uid_of("another");
  EXPECT_TRUE(ledger_.seen(another));
}

TEST_F(RuleLedgerTest, OldNewsChangesNothing) {
  create_rule();
  answer_version("5");
  ledger_.seen(rule("4"));
  EXPECT_EQ(ledger_.find("r")->resource_version, "5");
}

}  // namespace
}  // namespace migadapter::controller
