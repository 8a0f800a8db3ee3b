#include "kube/credentials/in_cluster.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "kube/credentials/credential_folder.h"

namespace migadapter::kube {
namespace {

class InClusterTest : public testing::Test {
 protected:
  InClusterTest() {
    folder_.write("account/token", "token-1\n");
    folder_.write("account/ca.crt", "authorities 1");
    folder_.write("account/namespace", "mig-adapter\n");
  }
  base::Result<Access> access(const std::string& host) {
    return access_from_pod({.host = host, .port = "443", .folder = folder_.path("account")},
                           clock_);
  }
  std::string token(const Access& access) { return access.identity->current()->bearer_token; }

  CredentialFolder folder_;
  base::ManualClock clock_;
};

TEST_F(InClusterTest, ReadsServerNamespaceTokenAndAuthorities) {
  const auto found = access("10.96.0.1");
  ASSERT_TRUE(found.ok()) << found.error().message();
  EXPECT_EQ(found->server, "https://10.96.0.1:443");
  EXPECT_EQ(found->default_namespace, "mig-adapter");
  EXPECT_EQ(token(*found), "token-1");
  EXPECT_EQ(*found->trust->current(), "authorities 1");
}

TEST_F(InClusterTest, AnIpv6HostIsBracketed) {
  EXPECT_EQ(access("fd00::1")->server, "https://[fd00::1]:443");
}

TEST_F(InClusterTest, TokenAndAuthoritiesAreFollowedWithinAMinute) {
  const auto found = access("10.96.0.1");
  folder_.write("account/token", "token-2");
  folder_.write("account/ca.crt", "authorities 2");
  clock_.advance(std::chrono::seconds(59));
  EXPECT_EQ(token(*found), "token-2");
  EXPECT_EQ(*found->trust->current(), "authorities 2");
}

TEST_F(InClusterTest, ARejectedTokenIsReadAgainAtOnce) {
  const auto found = access("10.96.0.1");
  folder_.write("account/token", "token-2");
  EXPECT_EQ(token(*found), "token-1");
  found->identity->reject();
  EXPECT_EQ(token(*found), "token-2");
}

TEST_F(InClusterTest, WhileTheTokenCannotBeReadTheLastOneIsUsedUnlessRejected) {
  const auto found = access("10.96.0.1");
  std::filesystem::remove(folder_.path("account/token"));
  clock_.advance(std::chrono::minutes(5));
  EXPECT_EQ(token(*found), "token-1");
  found->identity->reject();
  EXPECT_FALSE(found->identity->current().ok());
}

TEST_F(InClusterTest, OutsideAClusterNothingIsFound) {
  EXPECT_EQ(access("").error().code(), base::ErrorCode::not_found);
  std::filesystem::remove(folder_.path("account/token"));
  const auto without_token = access("10.96.0.1");
  ASSERT_FALSE(without_token.ok());
  EXPECT_EQ(without_token.error().code(), base::ErrorCode::not_found);
  EXPECT_NE(without_token.error().message().find(folder_.path("account/token")), std::string::npos);
}

}  // namespace
}  // namespace migadapter::kube
