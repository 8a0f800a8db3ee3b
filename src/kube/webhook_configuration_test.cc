#include "kube/webhook_configuration.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "kube/credentials/credential_file.h"

namespace migadapter::kube {
namespace {

boost::json::value golden(const std::string& name) {
  const auto content = read_credential_file("src/kube/testdata/" + name);
  if (!content.ok()) ADD_FAILURE() << content.error().message();
  return content.ok() ? boost::json::parse(*content) : nullptr;
}

TEST(WebhookConfiguration, ForAUrlIsTheGoldenFile) {
  WebhookAddress address;
  address.url = "https://host.example:9443";
  EXPECT_EQ(boost::json::parse(encode_webhook_configuration(address, "pem")),
            golden("webhook_at_url.json"));
}

TEST(WebhookConfiguration, ForAServiceIsTheGoldenFile) {
  const WebhookAddress address{
      .url = "", .service_namespace = "mig", .service_name = "adapter", .service_port = 443};
  EXPECT_EQ(boost::json::parse(encode_webhook_configuration(address, "pem")),
            golden("webhook_at_service.json"));
}

TEST(ProbePod, IsTheGoldenFile) {
  EXPECT_EQ(boost::json::parse(encode_probe_pod("team", "a-nonce")), golden("probe_pod.json"));
}

TEST(ProbeAnswer, IsTheAnnotationOfTheReturnedPod) {
  EXPECT_EQ(decode_probe_answer(
                R"({"metadata":{"annotations":{"migadapter.io/probe-answer":"a-nonce"}}})"),
            "a-nonce");
  for (const char* pod :
       {"", "[]", "{}", R"({"metadata":{}})", R"({"metadata":{"annotations":{}}})",
        R"({"metadata":{"annotations":{"migadapter.io/probe-answer":1}}})"}) {
    EXPECT_EQ(decode_probe_answer(pod), "") << pod;
  }
}

}  // namespace
}  // namespace migadapter::kube
