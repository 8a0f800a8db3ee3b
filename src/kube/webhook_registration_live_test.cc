#include "kube/webhook_registration.h"

#include <fmt/format.h>

#include "kube/live_test.h"

namespace migadapter::kube {
namespace {

constexpr const char* kPath =
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/mig-adapter";

class WebhookRegistrationLiveTest : public LiveTest {
 protected:
  base::Status probe() {
    return wait_for([&](std::function<void(base::Status)> done) {
      probe_webhook(*transport_, name_space_, "a-nonce", std::move(done));
    });
  }
};

TEST_F(WebhookRegistrationLiveTest, IsRegisteredReplacedAndRemoved) {
  WebhookAddress address;
  address.url = "https://127.0.0.1:1";
  ASSERT_TRUE(register_webhook(*transport_, address, "").ok());
  EXPECT_NE(must("GET", kPath).find("https://127.0.0.1:1/mutate-pods"), std::string::npos);
  address = {
      .url = "", .service_namespace = "mig", .service_name = "adapter", .service_port = 8443};
  const base::Status replaced = register_webhook(*transport_, address, "");
  ASSERT_TRUE(replaced.ok()) << replaced.error().message();
  const std::string now = must("GET", kPath);
  EXPECT_EQ(now.find("https://127.0.0.1:1"), std::string::npos);
  EXPECT_NE(now.find("\"port\":8443"), std::string::npos);
  EXPECT_TRUE(unregister_webhook(*transport_).ok());
  EXPECT_TRUE(unregister_webhook(*transport_).ok()) << "fine when it is gone already";
  must("GET", kPath, "", 404);
}

TEST_F(WebhookRegistrationLiveTest, TheProbeFailsWhereNoWebhookIsRegistered) {
  ASSERT_TRUE(unregister_webhook(*transport_).ok());
  const base::Status status = probe();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::unavailable) << status.error().message();
}

TEST_F(WebhookRegistrationLiveTest, TheProbeFailsWhereNoWebhookServes) {
  WebhookAddress nobody;
  nobody.url = "https://127.0.0.1:1";
  ASSERT_TRUE(register_webhook(*transport_, nobody, "").ok());
  const base::Status status = probe();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::unavailable) << status.error().message();
  EXPECT_TRUE(unregister_webhook(*transport_).ok());
}

TEST_F(WebhookRegistrationLiveTest, TheProbePodMeetsTheRestrictedPodSecurityStandard) {
  must("PUT", "/api/v1/namespaces/" + name_space_,
       fmt::format(R"({{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{}",)"
                   R"("labels":{{"pod-security.kubernetes.io/enforce":"restricted"}}}}}})",
                   name_space_));
  const base::Status status = probe();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::unavailable) << status.error().message();
}

TEST_F(WebhookRegistrationLiveTest, ANamespaceThatIsNotThereRefusesTheProbe) {
  name_space_ += "-missing";
  const base::Status status = probe();
  name_space_.resize(name_space_.size() - std::string("-missing").size());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::not_found) << status.error().message();
}

}  // namespace
}  // namespace migadapter::kube
