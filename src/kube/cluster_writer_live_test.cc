#include <fmt/format.h>

#include "kube/cluster_writer.h"
#include "kube/crd_registration.h"
#include "kube/live_test.h"

namespace migadapter::kube {
namespace {

class ClusterWriterLiveTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (transport_ != nullptr) writer_ = make_cluster_writer(*transport_, clock_, log_);
  }

  std::string pod_path(const std::string& name) const {
    return fmt::format("/api/v1/namespaces/{}/pods/{}", name_space_, name);
  }
  std::string resource_version(const std::string& name) {
    return text_field(must("GET", pod_path(name)), "resourceVersion");
  }
  base::Status evict(const std::string& name, const std::string& uid, const std::string& version) {
    const Eviction eviction{base::Name(name_space_), name, base::Name(uid), version};
    return wait_for(
        [&](std::function<void(base::Status)> done) { writer_->evict(eviction, std::move(done)); });
  }
  /// Evicts the pod as it is now. The scheduler may write its status in between, so a conflict
  /// means: look again.
  base::Status evict_as_seen(const std::string& name, const std::string& uid) {
    base::Status status;
    eventually([&] {
      status = evict(name, uid, resource_version(name));
      return status.ok() || status.error().code() != base::ErrorCode::conflict;
    });
    return status;
  }

  std::unique_ptr<ClusterWriter> writer_;
};

TEST_F(ClusterWriterLiveTest, EvictsThePodThatWasSeen) {
  const std::string uid = create_pod("a");
  const base::Status status = evict_as_seen("a", uid);
  EXPECT_TRUE(status.ok()) << status.error().message();
  must("GET", pod_path("a"), "", 404);
}

TEST_F(ClusterWriterLiveTest, APodThatChangedSinceTheDecisionSurvives) {
  const std::string uid = create_pod("a");
  const std::string decided_on = resource_version("a");
  must("POST", fmt::format("/api/v1/namespaces/{}/pods/a/binding", name_space_),
       R"({"metadata":{"name":"a"},"target":{"kind":"Node","name":"some-node"}})");
  const base::Status status = evict("a", uid, decided_on);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::conflict);
  EXPECT_EQ(text_field(must("GET", pod_path("a")), "uid"), uid);
}

TEST_F(ClusterWriterLiveTest, APodOfTheSameNameButAnotherUidSurvives) {
  create_pod("a");
  const base::Status status =
      evict("a", "00000000-0000-0000-0000-000000000000", resource_version("a"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::conflict);
}

TEST_F(ClusterWriterLiveTest, APodThatIsGoneIsNotFound) {
  const base::Status status = evict("gone", "00000000-0000-0000-0000-000000000000", "1");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::not_found);
}

TEST_F(ClusterWriterLiveTest, EventsAreListedUnderTheirPod) {
  const std::string uid = create_pod("a");
  writer_->record({base::Name(name_space_), "a", base::Name(uid), true, "UpgradeRefused",
                   "no larger instance is free"});
  const std::string path = fmt::format(
      "/api/v1/namespaces/{}/events?fieldSelector=involvedObject.kind%3DPod,"
      "involvedObject.name%3Da,involvedObject.uid%3D{},type%3DWarning,"
      "reason%3DUpgradeRefused,source%3Dmig-adapter",
      name_space_, uid);
  EXPECT_TRUE(eventually(
      [&] { return must("GET", path).find("no larger instance is free") != std::string::npos; }));
}

TEST_F(ClusterWriterLiveTest, APolicysStatusIsWrittenOnlyIfThePolicyIsAsItWasRead) {
  ASSERT_TRUE(eventually([this] { return register_crds(*transport_).ok(); }));
  constexpr const char* kPolicies = "/apis/migadapter.io/v1alpha1/migpolicies";
  const std::string path = std::string(kPolicies) + "/" + name_space_;
  const std::string created =
      must("POST", kPolicies,
           fmt::format(R"({{"apiVersion":"migadapter.io/v1alpha1","kind":"MigPolicy",)"
                       R"("metadata":{{"name":"{}"}},"spec":{{"mode":"Off"}}}})",
                       name_space_));
  cluster::Policy policy;
  policy.name = base::Name(name_space_);
  policy.uid = base::Name(text_field(created, "uid"));
  policy.resource_version = text_field(created, "resourceVersion");
  cluster::PolicyStatus status;
  status.observed_generation = 1;
  status.conditions = {{"Ready", true, "FirstWord", "A sentence.", 1, clock_.wall()}};
  writer_->report(policy, status);
  EXPECT_TRUE(eventually([&] { return must("GET", path).find("FirstWord") != std::string::npos; }));
  status.conditions[0].reason = "SecondWord";
  writer_->report(policy, status);  // of a version that is no more
  policy.resource_version = text_field(must("GET", path), "resourceVersion");
  status.conditions[0].reason = "ThirdWord";
  writer_->report(policy, status);
  EXPECT_TRUE(eventually([&] {
    const std::string seen = must("GET", path);
    EXPECT_EQ(seen.find("SecondWord"), std::string::npos);
    return seen.find("ThirdWord") != std::string::npos;
  }));
  must("DELETE", path);
}

}  // namespace
}  // namespace migadapter::kube
