#include "kube/transport/api_status.h"

#include <gtest/gtest.h>

namespace migadapter::kube {
namespace {

using base::ErrorCode;

struct Answer {
  int status;
  const char* body;
  ErrorCode code;
};

TEST(ApiStatus, EveryAnswerHasTheCodeThatCallersBranchOn) {
  const Answer kAnswers[] = {
      {400, "", ErrorCode::invalid_argument},
      {401, "", ErrorCode::unauthorized},
      {403, "", ErrorCode::forbidden},
      {404, "", ErrorCode::not_found},
      {408, "", ErrorCode::timeout},
      {409, R"({"reason":"Conflict"})", ErrorCode::conflict},
      {409, R"({"reason":"AlreadyExists"})", ErrorCode::already_exists},
      {410, "", ErrorCode::gone},
      {422, "", ErrorCode::invalid_argument},
      {429, "", ErrorCode::too_many_requests},
      {500, "", ErrorCode::unavailable},
      {503, "<html>", ErrorCode::unavailable},
      {504, "", ErrorCode::timeout},
  };
  for (const Answer& answer : kAnswers) {
    const base::Status status = status_of({answer.status, answer.body, {}}, "asking");
    ASSERT_FALSE(status.ok()) << answer.status;
    EXPECT_EQ(status.error().code(), answer.code) << answer.status;
  }
  EXPECT_TRUE(status_of({201, "", {}}, "asking").ok());
}

TEST(ApiStatus, TheServersSentenceAndTheBudgetInTheWayAreTold) {
  const HttpResponse response{429,
                              R"({"kind":"Status","message":"Cannot evict pod.","details":{)"
                              R"("causes":[{"message":"The budget b needs 1 healthy pod."}],)"
                              R"("retryAfterSeconds":10}})",
                              {}};
  const base::Status status = status_of(response, "evicting team/a");
  EXPECT_EQ(status.error().message(),
            "evicting team/a: Cannot evict pod. The budget b needs 1 healthy pod. (HTTP 429)");
  EXPECT_EQ(status.error().retry_after(), std::chrono::seconds(10));
}

TEST(ApiStatus, TheHeaderGoesBeforeTheBody) {
  const HttpResponse response{429, R"({"message":"busy","details":{"retryAfterSeconds":10}})",
                              base::Millis(1000)};
  EXPECT_EQ(status_of(response, "asking").error().retry_after(), std::chrono::seconds(1));
}

TEST(ApiStatus, AnAbsurdWaitIsCutOff) {
  const HttpResponse response{
      429, R"({"message":"busy","details":{"retryAfterSeconds":9223372036854775807}})", {}};
  EXPECT_EQ(status_of(response, "asking").error().retry_after(), kLongestRetryAfter);
}

TEST(ApiStatus, AnAnswerThatDidNotComeKeepsItsCode) {
  const base::Result<HttpResponse> lost = base::Error(ErrorCode::timeout, "no answer");
  const base::Status status = status_of(lost, "asking");
  EXPECT_EQ(status.error().code(), ErrorCode::timeout);
  EXPECT_EQ(status.error().message(), "asking: no answer");
}

TEST(ApiStatus, BodiesOfTheWrongShapeAreNoSentence) {
  for (const char* body : {"", "[]", "1", R"({"message":1,"details":[]})",
                           R"({"details":{"causes":[1],"retryAfterSeconds":"x"}})"}) {
    EXPECT_EQ(status_of({500, body, {}}, "asking").error().code(), ErrorCode::unavailable);
  }
}

}  // namespace
}  // namespace migadapter::kube
