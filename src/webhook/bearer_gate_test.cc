#include "webhook/bearer_gate.h"

#include <gtest/gtest.h>

#include "webhook/openssl_digest.h"

namespace migadapter::webhook {
namespace {

using namespace std::chrono_literals;
using Verdict = BearerGate::Verdict;

class BearerGates : public testing::Test {
 protected:
  BearerGates() { clock_.advance(1h); }
  int status(const std::string& authorization) {
    const auto refused = gate_.refusal(authorization);
    return refused ? refused->status : 200;
  }

  base::ManualClock clock_;
  base::Result<Verdict> answer_ = Verdict::allowed;
  int asked_ = 0;
  BearerGate gate_{[this](const std::string&) {
                     ++asked_;
                     return answer_;
                   },
                   clock_};
};

TEST_F(BearerGates, WithoutATokenNobodyIsAsked) {
  for (const char* none : {"", "Bearer", "Bearer ", "Basic YTpi", "bearer x"}) {
    EXPECT_EQ(status(none), 401) << none;
  }
  EXPECT_EQ(asked_, 0);
}

TEST_F(BearerGates, AYesHoldsForAMinute) {
  EXPECT_EQ(status("Bearer a"), 200);
  answer_ = Verdict::unknown_token;
  clock_.advance(59s);
  EXPECT_EQ(status("Bearer a"), 200);
  clock_.advance(1s);
  EXPECT_EQ(status("Bearer a"), 401);
  EXPECT_EQ(asked_, 2);
}

TEST_F(BearerGates, ANoHoldsForHalfAMinute) {
  answer_ = Verdict::forbidden;
  EXPECT_EQ(status("Bearer a"), 403);
  answer_ = Verdict::allowed;
  clock_.advance(29s);
  EXPECT_EQ(status("Bearer a"), 403);
  clock_.advance(1s);
  EXPECT_EQ(status("Bearer a"), 200);
}

TEST_F(BearerGates, AnApiServerThatCannotBeAskedLetsNobodyInAndIsNotRemembered) {
  answer_ = base::Error(base::ErrorCode::timeout, "no answer");
  EXPECT_EQ(status("Bearer a"), 503);
  answer_ = Verdict::allowed;
  EXPECT_EQ(status("Bearer a"), 200);
}

TEST_F(BearerGates, GuessingTokensDoesNotLoadTheApiServer) {
  answer_ = Verdict::unknown_token;
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    refused += status("Bearer " + std::to_string(i)) == 429;
  }
  EXPECT_EQ(asked_, 10);
  EXPECT_EQ(refused, 990);
  clock_.advance(1s);
  EXPECT_EQ(status("Bearer another"), 401);
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(sha256_of("").substr(0, 4), "\xe3\xb0\xc4\x42");
  EXPECT_EQ(sha256_of("").size(), 32U);
}

}  // namespace
}  // namespace migadapter::webhook
