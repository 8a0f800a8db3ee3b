// AdmissionReview, the envelope in which the API server asks a webhook about a pod.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cluster/review.h"

namespace migadapter::kube {

/// One question of the API server.
struct AdmissionQuestion {
  std::string uid;  ///< of the review, to be echoed
  bool dry_run = false;
  bool is_pod_creation = false;  ///< operation CREATE of core/v1 pods; else `pod` is empty
  cluster::ReviewedPod pod;
};

/// Bytes of a body we read at most: objects of the API server are at most 3 MiB, twice for old and
/// new.
inline constexpr std::size_t kMostReviewBytes = 7 * 1024 * 1024;

/// Decodes admission.k8s.io/v1 AdmissionReview. Errors: invalid_argument naming the field.
base::Result<AdmissionQuestion> decode_admission_review(std::string_view body);

/// The answer: allowed, with a JSON Patch when there is one.
/// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
std::string encode_admission_answer(std::string_view uid,
                                    const std::vector<cluster::PatchOperation>& patch);

}  // namespace migadapter::kube
