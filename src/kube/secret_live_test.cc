#include "kube/secret.h"

#include "kube/live_test.h"

namespace migadapter::kube {
namespace {

using SecretLiveTest = LiveTest;

base::ErrorCode code_of(const base::Status& status) {
  MIGADAPTER_CHECK(!status.ok());
  return status.error().code();
}

TEST_F(SecretLiveTest, IsCreatedReadAndReplacedByVersion) {
  const SecretName name{name_space_, "ca"};
  const auto missing = read_secret(*transport_, name);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), base::ErrorCode::not_found);
  Secret secret;
  secret.data = {{"tls.crt", "one"}};
  ASSERT_TRUE(write_secret(*transport_, name, secret).ok());
  EXPECT_EQ(code_of(write_secret(*transport_, name, secret)), base::ErrorCode::already_exists)
      << "another replica was quicker";
  auto first = read_secret(*transport_, name);
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_TRUE(first->is_ours);
  EXPECT_EQ(first->data, secret.data);
  first->data = {{"next.crt", "two"}};
  EXPECT_TRUE(write_secret(*transport_, name, *first).ok());
  EXPECT_EQ(code_of(write_secret(*transport_, name, *first)), base::ErrorCode::conflict);
  EXPECT_EQ(read_secret(*transport_, name)->data, first->data) << "old keys are gone";
}

}  // namespace
}  // namespace migadapter::kube
