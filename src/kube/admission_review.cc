#include "kube/admission_review.h"

#include <fmt/format.h>

#include "cluster/annotations.h"
#include "kube/codec/base64.h"
#include "kube/codec/grant_codec.h"
#include "kube/codec/json_reader.h"
#include "kube/codec/metadata_codec.h"
#include "kube/codec/resource_codec.h"

namespace migadapter::kube {
namespace {

constexpr std::string_view kApiVersion = "admission.k8s.io/v1";

base::Error refusal(std::string_view message) {
  return base::Error(base::ErrorCode::invalid_argument,
                     fmt::format("AdmissionReview: {}", message));
}

bool is_pod_creation(JsonField request) {
  const JsonField resource = request.at("resource");
  return request.at("operation").text() == "CREATE" && resource.at("group").text().empty() &&
         resource.at("version").text() == "v1" && resource.at("resource").text() == "pods" &&
         request.at("subResource").text().empty();
}

cluster::ReviewedPod decode_pod(JsonField request) {
  base::NamePool names;
  const JsonField object = request.at("object");
  const JsonField metadata = object.at("metadata");
  const JsonField annotations = metadata.at("annotations");
  cluster::ReviewedPod pod;
  pod.name_space = names.intern(request.at("namespace").text());
  pod.name = metadata.at("name").text();
  pod.owner = decode_controller(metadata, names);
  pod.completion_index = annotations.at(cluster::kCompletionIndexAnnotation).text();
  pod.containers = decode_mig_containers(pod_containers(object.at("spec")), names);
  pod.has_annotations = annotations.present();
  pod.has_grant_annotation = annotations.at(cluster::kDemandAnnotation).present();
  pod.probe = annotations.at(cluster::kProbeAnnotation).text();
  return pod;
}

std::string encode_patch(const std::vector<cluster::PatchOperation>& patch) {
  std::string text = "[";
  for (const cluster::PatchOperation& operation : patch) {
    if (text.size() > 1) text += ',';
    text += fmt::format(R"({{"op":{},"path":{})", json_quoted(operation.op),
                        json_quoted(operation.path));
    if (!operation.value_json.empty()) text += fmt::format(R"(,"value":{})", operation.value_json);
    text += '}';
  }
  return text + "]";
}

}  // namespace

base::Result<AdmissionQuestion> decode_admission_review(std::string_view body) {
  if (body.size() > kMostReviewBytes) {
    return refusal(
        fmt::format("body of {} bytes; at most {} are read", body.size(), kMostReviewBytes));
  }
  JsonReader reader;
  const base::Result<JsonField> review = reader.read(body);
  if (!review.ok()) return review.error().with_context("AdmissionReview");
  const bool right_kind = review->at("apiVersion").text() == kApiVersion &&
                          review->at("kind").text() == "AdmissionReview";
  const JsonField request = review->at("request");
  AdmissionQuestion question;
  question.uid = request.at("uid").text();
  question.dry_run = request.at("dryRun").flag();
  question.is_pod_creation = is_pod_creation(request);
  if (question.is_pod_creation) question.pod = decode_pod(request);
  if (reader.problem()) return refusal(*reader.problem());
  if (!right_kind) return refusal("apiVersion and kind are not those of admission.k8s.io/v1");
  if (question.uid.empty()) return refusal("request.uid: missing");
  return question;
}

std::string encode_admission_answer(std::string_view uid,
                                    const std::vector<cluster::PatchOperation>& patch) {
  std::string response = fmt::format(R"("uid":{},"allowed":true)", json_quoted(uid));
  if (!patch.empty()) {
    response +=
        fmt::format(R"(,"patchType":"JSONPatch","patch":"{}")", to_base64(encode_patch(patch)));
  }
  return fmt::format(R"({{"apiVersion":"{}","kind":"AdmissionReview","response":{{{}}}}})",
                     kApiVersion, response);
}

}  // namespace migadapter::kube
