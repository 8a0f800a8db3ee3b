#include "kube/codec/job_codec.h"

#include <algorithm>
#include <array>

namespace migadapter::kube {
namespace {

/// https://kubernetes.io/docs/concepts/workloads/controllers/job/#delegation-of-managing-a-job-object-to-external-controller
constexpr std::string_view kOwnController = "kubernetes.io/job-controller";

/// A CronJob makes Jobs and lets them run; whatever else owns a Job has plans of its own with it.
bool has_foreign_owner(JsonField metadata) {
  for (const JsonField reference : metadata.at("ownerReferences").items()) {
    if (!reference.at("controller").flag()) continue;
    const bool cron_job =
        reference.at("apiVersion").text() == "batch/v1" && reference.at("kind").text() == "CronJob";
    if (!cron_job) return true;
  }
  return false;
}

bool is_managed_elsewhere(JsonField metadata, JsonField spec) {
  const JsonField manager = spec.at("managedBy");
  return (manager.present() && manager.text() != kOwnController) || has_foreign_owner(metadata);
}

/// The first two of these come before the Job's pods are gone, the others after.
bool is_finished(JsonField status) {
  static constexpr std::array<std::string_view, 4> kEnds = {"SuccessCriteriaMet", "FailureTarget",
                                                            "Complete", "Failed"};
  for (const JsonField condition : status.at("conditions").items()) {
    const bool is_end =
        std::find(kEnds.begin(), kEnds.end(), condition.at("type").text()) != kEnds.end();
    if (is_end && condition.at("status").text() == "True") return true;
  }
  return false;
}

/// A pattern without a status means True.
bool is_disruption(JsonField pattern) {
  const std::string_view status = pattern.at("status").text();
  return pattern.at("type").text() == "DisruptionTarget" && (status.empty() || status == "True");
}

cluster::FailureRule decode_rule(JsonField rule) {
  cluster::FailureRule decoded;
  decoded.ignores = rule.at("action").text() == "Ignore";
  for (const JsonField pattern : rule.at("onPodConditions").items()) {
    decoded.on_conditions = true;
    decoded.on_disruption = decoded.on_disruption || is_disruption(pattern);
  }
  return decoded;
}

}  // namespace

cluster::JobTerms decode_job_terms(JsonField object) {
  const JsonField spec = object.at("spec");
  cluster::JobTerms terms;
  terms.indexed = spec.at("completionMode").text() == "Indexed";
  terms.suspended = spec.at("suspend").flag();
  terms.finished = is_finished(object.at("status"));
  terms.managed_elsewhere = is_managed_elsewhere(object.at("metadata"), spec);
  terms.replaces_terminating = spec.at("podReplacementPolicy").text() == "TerminatingOrFailed";
  for (const JsonField rule : spec.at("podFailurePolicy").at("rules").items()) {
    terms.failure_rules.push_back(decode_rule(rule));
  }
  return terms;
}

}  // namespace migadapter::kube
