#include "webhook/admission_handler.h"

#include <vector>

#include "kube/admission_review.h"
#include "kube/webhook_registration.h"

namespace migadapter::webhook {
namespace {

/// From the review to the moment the watch shows the pod: admission by others, storage and the way
/// back. A claim that outlives its review only delays the rule's next use.
constexpr base::Millis kClaimLease{10'000};

constexpr std::string_view kJson = "application/json";

ServerReply refusal(int status, std::string body) {
  return {.status = status, .body = std::move(body) + "\n"};
}

std::vector<cluster::RuleState> rules_for(const cluster::ReviewedPod& pod,
                                          const cluster::RuleStore& rules, base::WallTime now) {
  if (!pod.owner) {
    return {};
  }
  return rules.rules_of(pod.owner->uid, now);
}

void mark_claimed(std::vector<cluster::RuleState>& rules, const std::string& rule_id) {
  for (cluster::RuleState& state : rules) {
    state.claimed = state.claimed || state.rule.id == rule_id;
  }
}

}  // namespace

ServerReply AdmissionHandler::answer(const ServerRequest& request) {
  if (request.path != kube::kWebhookPath) {
    return refusal(404, "Reviews go to " + std::string(kube::kWebhookPath));
  }
  if (request.method != "POST") {
    return refuse(405, "Reviews come by POST");
  }
  if (!request.content_type.starts_with(kJson)) {
    return refuse(415, "Reviews are application/json");
  }
  if (request.body.size() > kube::kMostReviewBytes) {
    return refuse(413, "The review is larger than any the API server sends");
  }
  const auto question = kube::decode_admission_review(request.body);
  if (!question) {
    return refuse(400, question.error().message());
  }
  const decide::AdmitDecision decision = decide_and_claim(*question);
  counts_[static_cast<std::size_t>(decision.reason)].fetch_add(1, std::memory_order_relaxed);
  log_patch(*question, decision);
  return {.content_type = std::string(kJson),
          .body = kube::encode_admission_answer(question->uid, decision.patch)};
}

/// A claim is lost when a review on another thread was quicker: then the next rule is tried. Each
/// round takes one rule out of the running, so that this ends.
decide::AdmitDecision AdmissionHandler::decide_and_claim(const kube::AdmissionQuestion& question) {
  const base::WallTime now = clock_.wall();
  std::vector<cluster::RuleState> rules = rules_for(question.pod, rules_, now);
  while (true) {
    decide::AdmitDecision decision = decide::admit(question.pod, rules);
    if (decision.reason != decide::AdmitReason::patched || question.dry_run ||
        rules_.claim(decision.rule_id, now, now + kClaimLease)) {
      return decision;
    }
    mark_claimed(rules, decision.rule_id);
  }
}

ServerReply AdmissionHandler::refuse(int status, std::string why) {
  refused_.fetch_add(1, std::memory_order_relaxed);
  log_.debug("refused a review", {{"status", status}, {"why", why}});
  return refusal(status, std::move(why));
}

void AdmissionHandler::log_patch(const kube::AdmissionQuestion& question,
                                 const decide::AdmitDecision& decision) {
  if (decision.reason != decide::AdmitReason::patched) {
    return;
  }
  const cluster::OwnerReference& owner = *question.pod.owner;
  log_.info("patched a pod under admission", {{"namespace", question.pod.name_space.view()},
                                              {"owner_kind", owner.kind_name.view()},
                                              {"owner", owner.name.view()},
                                              {"rule", decision.rule_id},
                                              {"dry_run", question.dry_run ? "true" : "false"}});
}

std::uint64_t AdmissionHandler::count(decide::AdmitReason reason) const {
  return counts_[static_cast<std::size_t>(reason)].load(std::memory_order_relaxed);
}

std::vector<std::pair<decide::AdmitReason, std::uint64_t>> AdmissionHandler::counts() const {
  std::vector<std::pair<decide::AdmitReason, std::uint64_t>> seen;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    const auto reason = static_cast<decide::AdmitReason>(index);
    if (const std::uint64_t times = count(reason); times > 0) {
      seen.emplace_back(reason, times);
    }
  }
  return seen;
}

}  // namespace migadapter::webhook
