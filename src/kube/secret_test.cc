#include "kube/secret.h"

#include <gtest/gtest.h>

namespace migadapter::kube {
namespace {

const SecretName kName{"mig", "mig-adapter-ca"};

/// What the API server adds to the body that we send.
std::string as_stored(const std::string& body) {
  const std::string version = R"("resourceVersion":"17",)";
  std::string stored = body;
  return stored.insert(stored.find(R"("name":)"), version);
}

std::string error_of(std::string_view body) {
  const auto decoded = decode_secret(body);
  return decoded.ok() ? "ok" : decoded.error().message();
}

TEST(Secret, ComesBackAsItWasWritten) {
  Secret secret;
  secret.data = {{"tls.crt", "certificate\n"}, {"tls.key", std::string("\0\xff", 2)}};
  const auto read = decode_secret(as_stored(encode_secret(kName, secret)));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->data, secret.data);
  EXPECT_EQ(read->resource_version, "17");
  EXPECT_TRUE(read->is_ours);
}

TEST(Secret, IsReplacedOnlyInTheVersionThatWasRead) {
  EXPECT_EQ(encode_secret(kName, {}).find("resourceVersion"), std::string::npos);
  EXPECT_NE(encode_secret(kName, {.resource_version = "17"}).find(R"("resourceVersion":"17")"),
            std::string::npos);
}

TEST(Secret, OfAnotherIsNotOurs) {
  const auto bare = decode_secret(R"({"metadata":{"resourceVersion":"1"}})");
  ASSERT_TRUE(bare.ok());
  EXPECT_FALSE(bare->is_ours);
  EXPECT_TRUE(bare->data.empty());
  const auto other = decode_secret(
      R"({"metadata":{"resourceVersion":"1","labels":{"app.kubernetes.io/managed-by":"Helm"}}})");
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(other->is_ours);
}

TEST(Secret, ErrorsNameTheFieldAndNeverTheValue) {
  EXPECT_EQ(error_of(R"({"metadata":{}})"), "Secret: metadata.resourceVersion is missing");
  EXPECT_EQ(
      error_of(R"({"metadata":{"resourceVersion":"1"},"data":{"tls.key":"hush! not base64"}})"),
      "Secret: data.tls.key: is not base64");
  EXPECT_EQ(error_of("hush").find("hush"), std::string::npos);
}

}  // namespace
}  // namespace migadapter::kube
