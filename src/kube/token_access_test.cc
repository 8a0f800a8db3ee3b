#include "kube/token_access.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace migadapter::kube {
namespace {

TEST(TokenAccess, TheOwnerOfATokenIsReadWithAllThatAuthorizersLookAt) {
  const auto owner = decode_token_review(
      R"({"status":{"authenticated":true,"user":{"username":"scraper","uid":"u",)"
      R"("groups":["a","b"],"extra":{"scopes":["x","y"]}}}})");
  ASSERT_TRUE(owner.ok()) << owner.error().message();
  EXPECT_EQ(*owner, (TokenOwner{"scraper", "u", {"a", "b"}, {{"scopes", {"x", "y"}}}}));
}

TEST(TokenAccess, AnUnknownTokenHasNoOwner) {
  for (const std::string_view answer :
       {R"({"status":{"authenticated":false,"error":"invalid bearer token"}})", R"({"status":{}})",
        R"({})"}) {
    const auto owner = decode_token_review(answer);
    ASSERT_TRUE(owner.ok()) << answer;
    EXPECT_FALSE(owner->has_value()) << answer;
  }
}

TEST(TokenAccess, AnswersThatCannotBeReadAreErrorsAndNoAccess) {
  EXPECT_FALSE(decode_token_review("").ok());
  EXPECT_FALSE(decode_token_review(R"({"status":{"authenticated":"yes"}})").ok());
  EXPECT_FALSE(decode_token_review(R"({"status":{"authenticated":true}})").ok());
  EXPECT_FALSE(decode_path_review("").ok());
  EXPECT_FALSE(decode_path_review(R"({"status":{"allowed":1}})").ok());
}

TEST(TokenAccess, OnlyAClearYesAllows) {
  EXPECT_TRUE(*decode_path_review(R"({"status":{"allowed":true}})"));
  EXPECT_FALSE(*decode_path_review(R"({"status":{"allowed":false}})"));
  EXPECT_FALSE(*decode_path_review(R"({"status":{"allowed":true,"denied":true}})"));
  EXPECT_FALSE(*decode_path_review(R"({})"));
}

TEST(TokenAccess, TheReviewNamesTheOwnerAndThePath) {
  const TokenOwner owner{"scraper", "u", {"a"}, {{"scopes", {"x"}}}};
  EXPECT_EQ(boost::json::parse(encode_path_review(owner, "/metrics")),
            boost::json::parse(
                R"({"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview",)"
                R"("spec":{"user":"scraper","uid":"u","groups":["a"],"extra":{"scopes":["x"]},)"
                R"("nonResourceAttributes":{"path":"/metrics","verb":"get"}}})"));
}

}  // namespace
}  // namespace migadapter::kube
