// The webhook's handler as a filter, for patch_test.py: each line of stdin is a grant, a tab and an
// AdmissionReview; each line of stdout is the answer. Where there is a grant, a rule stands by that
// gives it to exactly the pod under review in place of the first MIG resource that it asks for.
#include <fmt/format.h>

#include <iostream>
#include <string>
#include <string_view>

#include "cluster/rule_view.h"
#include "kube/admission_review.h"
#include "kube/webhook_registration.h"
#include "webhook/admission_handler.h"

namespace {

using namespace migadapter;  // NOLINT(google-build-using-namespace)

cluster::Rule rule_for(const cluster::ReviewedPod& pod, std::string_view grant,
                       base::WallTime now) {
  cluster::Rule rule;
  rule.id = "rule-1";
  rule.name_space = pod.name_space;
  rule.owner = *pod.owner;
  for (const cluster::ReviewedContainer& container : pod.containers) {
    rule.demand.push_back(container.request);
  }
  rule.demand_resource = rule.demand.front().resource;
  rule.grant_resource = base::Name(grant);
  rule.expires = now + std::chrono::minutes(1);
  return rule;
}

std::string answer(std::string_view grant, std::string_view review) {
  const base::ManualClock clock{base::WallTime(std::chrono::hours(1))};
  base::Logger log(clock, base::LogFormat::json, base::LogLevel::error, [](std::string_view) {});
  cluster::RuleView rules;
  const auto question = kube::decode_admission_review(review);
  const bool can_have_rule =
      question.ok() && question->pod.owner && !question->pod.containers.empty();
  if (!grant.empty() && can_have_rule) rules.upsert(rule_for(question->pod, grant, clock.wall()));
  webhook::AdmissionHandler handler(rules, clock, log);
  const webhook::ServerReply reply = handler.answer({.method = "POST",
                                                     .path = kube::kWebhookPath,
                                                     .content_type = "application/json",
                                                     .body = review});
  return reply.status == 200 ? reply.body : fmt::format("{} {}", reply.status, reply.body);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = line.find('\t');
    MIGADAPTER_CHECK(tab != std::string::npos);
    const std::string_view text = line;
    std::cout << answer(text.substr(0, tab), text.substr(tab + 1)) << std::endl;
  }
  return 0;
}
