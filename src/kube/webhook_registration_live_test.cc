#include "kube/webhook_registration.h"

#include <fmt/format.h>

#include "kube/live_test.h"

namespace migadapter::kube {
namespace {

constexpr const char* kPath =
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/mig-adapter";

struct MatchCase {
  const char* what;
  const char* metadata;  ///< further fields
  const char* spec;      ///< fields beside the container "a"
  const char* limits;    ///< of the container "a"
  bool asked;            ///< whether the API server asks the webhook
};

constexpr const char* kMig = R"({"nvidia.com/mig-1g.5gb":"1"})";
constexpr const char* kOwned =
    R"(,"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"u"}])";

const MatchCase kMatchCases[] = {
    {"an owned pod with a MIG resource", kOwned, "", kMig, true},
    {"one with a resource of a bigger name", kOwned, "", R"({"nvidia.com/mig-1g.5gb.me":"1"})",
     true},
    {"one with a MIG resource in an init container only", kOwned,
     R"(,"initContainers":[{"name":"i","image":"i","resources":{"limits":{"nvidia.com/mig-1g.5gb":"1"}}}])",
     "{}", true},
    {"a probe", R"(,"annotations":{"migadapter.io/probe":"n"})", "", kMig, true},
    {"a bare pod", "", "", kMig, false},
    {"a bare pod with other annotations", R"(,"annotations":{"a":"b"})", "", kMig, false},
    {"an owned pod without limits", kOwned, "", "{}", false},
    {"an owned pod with a whole GPU", kOwned, "", R"({"nvidia.com/gpu":"1"})", false},
};

class WebhookRegistrationLiveTest : public LiveTest {
 protected:
  base::Status probe() {
    return wait_for([&](std::function<void(base::Status)> done) {
      probe_webhook(*transport_, name_space_, "a-nonce", std::move(done));
    });
  }
  /// Whether a dry run of creating the pod fails because the webhook cannot be called.
  bool is_refused(const MatchCase& match) {
    const std::string pod = fmt::format(
        R"({{"metadata":{{"name":"p"{}}},"spec":{{"containers":[{{"name":"a","image":"a",)"
        R"("resources":{{"limits":{}}}}}]{}}}}})",
        match.metadata, match.limits, match.spec);
    const std::string path = "/api/v1/namespaces/" + name_space_ + "/pods?dryRun=All";
    return must("POST", path, pod, 500).find("failed calling webhook") != std::string::npos;
  }
};

TEST_F(WebhookRegistrationLiveTest, IsRegisteredReplacedAndRemoved) {
  WebhookAddress address;
  address.url = "https://127.0.0.1:1";
  const auto first = register_webhook(*transport_, address, "");
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_EQ(*register_webhook(*transport_, address, ""), *first) << "no change, no new version";
  EXPECT_NE(must("GET", kPath).find("https://127.0.0.1:1/mutate-pods"), std::string::npos);
  address = {
      .url = "", .service_namespace = "mig", .service_name = "adapter", .service_port = 8443};
  const auto replaced = register_webhook(*transport_, address, "");
  ASSERT_TRUE(replaced.ok()) << replaced.error().message();
  EXPECT_NE(*replaced, *first);
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

/// With failurePolicy Fail and nobody serving, a pod is refused exactly where we would be asked.
TEST_F(WebhookRegistrationLiveTest, IsAskedOnlyForOwnedPodsAndProbesThatWantMig) {
  WebhookAddress nobody;
  nobody.url = "https://127.0.0.1:1";
  ASSERT_TRUE(register_webhook(*transport_, nobody, "").ok());
  std::string strict = must("GET", kPath);
  strict.replace(strict.find("\"Ignore\""), 8, "\"Fail\"");
  must("PUT", kPath, strict);
  // The server learns of the registration through a watch of its own.
  EXPECT_TRUE(eventually([&] { return is_refused(kMatchCases[0]); }));
  for (const MatchCase& match : kMatchCases) {
    EXPECT_EQ(is_refused(match), match.asked) << match.what;
  }
  EXPECT_TRUE(unregister_webhook(*transport_).ok());
}

}  // namespace
}  // namespace migadapter::kube
