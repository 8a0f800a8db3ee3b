#include "kube/admission_review.h"

#include <gtest/gtest.h>

#include <string>

namespace migadapter::kube {
namespace {

/// A review with the pod's metadata and spec given as the insides of JSON objects.
std::string review(const std::string& metadata, const std::string& spec) {
  return R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"r-1",)"
         R"("kind":{"group":"","version":"v1","kind":"Pod"},)"
         R"("resource":{"group":"","version":"v1","resource":"pods"},"namespace":"team-a",)"
         R"("operation":"CREATE","dryRun":false,"object":{"kind":"Pod","apiVersion":"v1",)"
         R"("metadata":{)" +
         metadata + R"(},"spec":{)" + spec + "}}}}";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

constexpr const char* kOwned =
    R"("generateName":"web-","namespace":"ignored","ownerReferences":[)"
    R"({"apiVersion":"v1","kind":"Node","name":"n","uid":"u-0"},)"
    R"({"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"u-1","controller":true}])";

constexpr const char* kContainers =
    R"("containers":[{"name":"log"},)"
    R"({"name":"main","resources":{"limits":{"cpu":"1","nvidia.com/mig-1g.5gb":"2"},)"
    R"("requests":{"nvidia.com/mig-1g.5gb":"2"}}}],)"
    R"("initContainers":[{"name":"warm","resources":{"limits":{"nvidia.com/mig-1g.5gb":1}}},)"
    R"({"name":"side","restartPolicy":"Always",)"
    R"("resources":{"requests":{"nvidia.com/mig-2g.10gb":"1"}}}])";

TEST(AdmissionReview, ReadsTheFactsOfAPodToBe) {
  const auto question = decode_admission_review(review(kOwned, kContainers));
  ASSERT_TRUE(question.ok()) << question.error().message();
  EXPECT_EQ(question->uid, "r-1");
  EXPECT_FALSE(question->dry_run);
  EXPECT_TRUE(question->is_pod_creation);
  const cluster::ReviewedPod& pod = question->pod;
  EXPECT_EQ(pod.name_space, "team-a");
  EXPECT_EQ(pod.name, "");
  ASSERT_TRUE(pod.owner);
  EXPECT_EQ(pod.owner->kind, cluster::OwnerKind::replica_set);
  EXPECT_EQ(pod.owner->uid, "u-1");
  EXPECT_FALSE(pod.has_annotations);
  EXPECT_FALSE(pod.has_grant_annotation);
  EXPECT_EQ(pod.probe, "");
}

TEST(AdmissionReview, ListsContainersWithTheirPlaceInitContainersFirst) {
  using cluster::ContainerKind;
  const auto question = decode_admission_review(review(kOwned, kContainers));
  ASSERT_TRUE(question.ok());
  const base::Name small("nvidia.com/mig-1g.5gb");
  const base::Name large("nvidia.com/mig-2g.10gb");
  const std::vector<cluster::ReviewedContainer> expected = {
      {true, 0, {base::Name("warm"), ContainerKind::init, small, 1}, true, false},
      {true, 1, {base::Name("side"), ContainerKind::sidecar, large, 1}, false, true},
      {false, 1, {base::Name("main"), ContainerKind::app, small, 2}, true, true},
  };
  EXPECT_EQ(question->pod.containers, expected);
}

TEST(AdmissionReview, SeesOurAnnotations) {
  const auto question = decode_admission_review(
      review(R"("name":"p","annotations":{"migadapter.io/demand":"{}","migadapter.io/probe":"n1"})",
             kContainers));
  ASSERT_TRUE(question.ok());
  EXPECT_EQ(question->pod.name, "p");
  EXPECT_FALSE(question->pod.owner);
  EXPECT_TRUE(question->pod.has_annotations);
  EXPECT_TRUE(question->pod.has_grant_annotation);
  EXPECT_EQ(question->pod.probe, "n1");
}

TEST(AdmissionReview, LooksOnlyAtTheCreationOfPods) {
  const std::string creation = review(kOwned, kContainers);
  const std::vector<std::string> others = {
      replaced(creation, R"("operation":"CREATE")", R"("operation":"UPDATE")"),
      replaced(creation, R"("resource":"pods")", R"("resource":"services")"),
      replaced(creation, R"("resource":{"group":"")", R"("resource":{"group":"apps")"),
      replaced(creation, R"("dryRun")", R"("subResource":"binding","dryRun")"),
  };
  for (const std::string& other : others) {
    const auto question = decode_admission_review(other);
    ASSERT_TRUE(question.ok()) << question.error().message();
    EXPECT_FALSE(question->is_pod_creation);
    EXPECT_EQ(question->pod, cluster::ReviewedPod{});
  }
}

TEST(AdmissionReview, TellsDryRuns) {
  const auto question = decode_admission_review(
      replaced(review(kOwned, kContainers), R"("dryRun":false)", R"("dryRun":true)"));
  ASSERT_TRUE(question.ok());
  EXPECT_TRUE(question->dry_run);
}

TEST(AdmissionReview, NamesTheFieldThatIsWrong) {
  struct Example {
    std::string body;
    std::string complaint;
  };
  const std::string whole = review(kOwned, kContainers);
  const std::vector<Example> examples = {
      {"", "JSON at byte 0"},
      {"{}", "apiVersion and kind"},
      {"[]", "expected an object"},
      {whole + "x", "JSON at byte"},
      {replaced(whole, "admission.k8s.io/v1", "admission.k8s.io/v1beta1"), "apiVersion and kind"},
      {replaced(whole, R"("uid":"r-1")", R"("uid":"")"), "request.uid: missing"},
      {replaced(whole, R"("uid":"r-1")", R"("uid":7)"), "request.uid: expected a string"},
      {replaced(whole, R"("cpu":"1","nvidia.com/mig-1g.5gb":"2")",
                R"("nvidia.com/mig-1g.5gb":"x")"),
       "request.object.spec.containers[1].resources.limits.nvidia.com/mig-1g.5gb: not a quantity"},
      {replaced(whole, R"("containers":[)", R"("containers":{},"other":[)"),
       "request.object.spec.containers: expected an array"},
      {std::string(100, '['), "JSON at byte"},
      {std::string(kMostReviewBytes + 1, ' '), "bytes"},
  };
  for (const Example& example : examples) {
    const auto question = decode_admission_review(example.body);
    ASSERT_FALSE(question.ok()) << example.complaint;
    EXPECT_EQ(question.error().code(), base::ErrorCode::invalid_argument);
    EXPECT_NE(question.error().message().find(example.complaint), std::string::npos)
        << question.error().message();
  }
}

TEST(AdmissionAnswer, AllowsWithoutAPatch) {
  EXPECT_EQ(encode_admission_answer("r-\"1", {}),
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
            R"("response":{"uid":"r-\"1","allowed":true}})");
}

TEST(AdmissionAnswer, CarriesThePatchInBase64) {
  const std::vector<cluster::PatchOperation> patch = {
      {"remove", "/spec/containers/0/resources/limits/nvidia.com~1mig-1g.5gb", ""},
      {"add", "/metadata/annotations", R"({"a":"b"})"},
  };
  const std::string answer = encode_admission_answer("r", patch);
  const std::string start = R"("patchType":"JSONPatch","patch":")";
  const std::size_t from = answer.find(start) + start.size();
  const std::string encoded = answer.substr(from, answer.find('"', from) - from);
  EXPECT_EQ(
      encoded,
      "W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL3NwZWMvY29udGFpbmVycy8wL3Jlc291cmNlcy9saW1pdHMvbnZpZGlh"
      "LmNvbX4xbWlnLTFnLjVnYiJ9LHsib3AiOiJhZGQiLCJwYXRoIjoiL21ldGFkYXRhL2Fubm90YXRpb25zIiwidmFs"
      "dWUiOnsiYSI6ImIifX1d");
}

}  // namespace
}  // namespace migadapter::kube
