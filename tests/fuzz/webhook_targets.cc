#include <algorithm>
#include <string>
#include <vector>

#include "base/check.h"
#include "decide/admit.h"
#include "kube/admission_review.h"
#include "kube/codec/json_reader.h"
#include "targets.h"
#include "webhook/openssl_pem.h"
#include "webhook/request_parser.h"

namespace migadapter::fuzz {
namespace {

/// Small, so that inputs reach them.
webhook::ServerLimits small_limits() {
  webhook::ServerLimits limits;
  limits.most_body_bytes = 2048;
  limits.most_header_bytes = 1024;
  return limits;
}

std::string text_of(const webhook::ServerRequest& request) {
  std::string text;
  for (const std::string_view part :
       {request.method, request.path, request.query, request.content_type, request.body}) {
    text.append(part).push_back('\n');
  }
  return text;
}

/// The whole requests of a connection whose bytes arrive in pieces of this size, each as a text.
/// What follows them, refused or unfinished, is neither: how soon a bad line is seen to be one may
/// depend on the pieces.
std::vector<std::string> requests_of(std::string_view input, std::size_t piece) {
  using Progress = webhook::RequestParser::Progress;
  const webhook::ServerLimits limits = small_limits();
  webhook::RequestParser parser(limits);
  std::vector<std::string> requests;
  std::string waiting;
  while (!input.empty() || !waiting.empty()) {
    const std::string_view next = input.substr(0, piece);
    input.remove_prefix(next.size());
    waiting.append(next);
    const webhook::RequestParser::Fed fed = parser.feed(waiting);
    waiting.erase(0, fed.consumed);
    MIGADAPTER_CHECK(parser.body_bytes() <= limits.most_body_bytes);
    if (fed.progress == Progress::refused) {
      MIGADAPTER_CHECK(parser.refusal().status >= 400);
      return requests;
    }
    if (fed.progress == Progress::complete) {
      requests.push_back(text_of(parser.request()));
      if (!parser.keep_alive()) return requests;
      parser.reset();
    } else if (fed.consumed == 0 && next.empty()) {
      return requests;
    }
  }
  return requests;
}

std::string step_of(std::string_view escaped) {
  std::string step;
  for (std::size_t at = 0; at < escaped.size(); ++at) {
    const bool escape = escaped[at] == '~';
    MIGADAPTER_CHECK(!escape || at + 1 < escaped.size());
    step += !escape ? escaped[at] : escaped[++at] == '0' ? '~' : '/';
  }
  return step;
}

/// What a JSON Pointer (RFC 6901) leads to; absent when it leads nowhere.
kube::JsonField find(kube::JsonField from, std::string_view pointer) {
  bool in_list = false;
  while (!pointer.empty()) {
    MIGADAPTER_CHECK(pointer.front() == '/');
    const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
    const std::string step = step_of(pointer.substr(1, end - 1));
    pointer.remove_prefix(end);
    if (in_list) {
      auto item = from.items().begin();
      for (int left = std::stoi(step); left > 0; --left) ++item;
      from = *item;
    } else {
      from = from.at(step);
    }
    in_list = step == "containers" || step == "initContainers";
  }
  return from;
}

/// What is removed is there, and what is added to is there.
void check_applies(const std::vector<cluster::PatchOperation>& patch, kube::JsonField object) {
  for (const auto& [op, path, value] : patch) {
    const std::string parent = path.substr(0, path.rfind('/'));
    MIGADAPTER_CHECK(op == "add" || op == "remove");
    MIGADAPTER_CHECK(find(object, op == "add" ? parent : path).present());
    MIGADAPTER_CHECK((op == "remove") == value.empty());
    kube::JsonReader reader;
    MIGADAPTER_CHECK(value.empty() || reader.read(value).ok());
  }
}

/// A rule for exactly this pod.
cluster::Rule rule_for(const cluster::ReviewedPod& pod) {
  cluster::Rule rule;
  rule.id = "rule";
  rule.name_space = pod.name_space;
  if (pod.owner) rule.owner = *pod.owner;
  for (const cluster::ReviewedContainer& container : pod.containers) {
    rule.demand.push_back(container.request);
  }
  if (!rule.demand.empty()) rule.demand_resource = rule.demand.front().resource;
  rule.grant_resource = base::Name("nvidia.com/mig-7g.40gb");
  return rule;
}

}  // namespace

void fuzz_http_request(std::string_view input) {
  const std::vector<std::string> whole = requests_of(input, std::max<std::size_t>(1, input.size()));
  MIGADAPTER_CHECK(requests_of(input, 1) == whole);
  MIGADAPTER_CHECK(requests_of(input, 7) == whole);
}

void fuzz_admission_review(std::string_view input) {
  const auto question = kube::decode_admission_review(input);
  if (!question.ok()) return;
  MIGADAPTER_CHECK(!question->uid.empty());
  MIGADAPTER_CHECK(question->is_pod_creation || question->pod == cluster::ReviewedPod{});
  const decide::AdmitDecision decision =
      decide::admit(question->pod, {{rule_for(question->pod), false}});
  kube::JsonReader reader;
  const auto review = reader.read(input);
  MIGADAPTER_CHECK(review.ok());
  check_applies(decision.patch, review->at("request").at("object"));
  const auto answer = reader.read(kube::encode_admission_answer(question->uid, decision.patch));
  MIGADAPTER_CHECK(answer.ok());
  const kube::JsonField response = answer->at("response");
  MIGADAPTER_CHECK(response.at("uid").text() == question->uid && response.at("allowed").flag());
  MIGADAPTER_CHECK(response.at("patch").present() == !decision.patch.empty());
}

/// Certificates and keys that were read are the same when they are written and read again.
void fuzz_pem(std::string_view input) {
  static_cast<void>(webhook::validity_of(std::string(input)));
  if (const auto certificates = webhook::parse_certificates(input); certificates.ok()) {
    for (const webhook::CertificatePointer& certificate : *certificates) {
      const auto again = webhook::parse_certificates(webhook::to_pem(*certificate));
      MIGADAPTER_CHECK(again.ok() && again->size() == 1);
    }
  }
  if (const auto key = webhook::parse_private_key(input); key.ok()) {
    const auto again = webhook::parse_private_key(webhook::to_pem(**key));
    MIGADAPTER_CHECK(again.ok());
  }
}

}  // namespace migadapter::fuzz
