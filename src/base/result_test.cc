#include "base/result.h"

#include <gtest/gtest.h>

namespace migadapter::base {
namespace {

TEST(Result, HoldsTheValueOfAnOperationThatWorked) {
  const Result<int> result = 7;
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 7);
}

TEST(Result, HoldsTheErrorOfAnOperationThatFailed) {
  const Result<int> result = Error(ErrorCode::not_found, "no such pod");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::not_found);
}

TEST(ResultDeathTest, ReadingTheValueOfAFailureAborts) {
  const Result<int> result = Error(ErrorCode::not_found, "no such pod");
  EXPECT_DEATH(static_cast<void>(result.value()), "check failed: ok\\(\\)");
}

TEST(Error, ContextGoesInFrontAndKeepsCodeAndRetryAfter) {
  const Error inner =
      Error(ErrorCode::too_many_requests, "slow down").with_retry_after(std::chrono::seconds(2));
  const Error outer = inner.with_context("evicting team/a");
  EXPECT_EQ(outer.message(), "evicting team/a: slow down");
  EXPECT_EQ(outer.code(), ErrorCode::too_many_requests);
  EXPECT_EQ(outer.retry_after(), std::chrono::seconds(2));
}

TEST(Status, IsOkUnlessGivenAnError) {
  EXPECT_TRUE(Status().ok());
  EXPECT_FALSE(Status(Error(ErrorCode::timeout, "late")).ok());
}

}  // namespace
}  // namespace migadapter::base
