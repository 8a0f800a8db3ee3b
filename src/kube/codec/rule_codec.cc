#include "kube/codec/rule_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

#include "kube/codec/metadata_codec.h"
#include "kube/codec/resource_codec.h"
#include "kube/codec/timestamp.h"
#include "mig/profile.h"

namespace migadapter::kube {
namespace {

namespace json = boost::json;

constexpr std::string_view kApiVersion = "migadapter.io/v1alpha1";
constexpr std::string_view kProgressing = "Progressing";
/// As the schema has it; the sentences of API servers may be longer.
constexpr std::size_t kMostMessageBytes = 1024;

/// The words of an enum in the order of its values.
template <std::size_t kCount>
using Words = std::array<std::string_view, kCount>;
constexpr Words<2> kPurposes = {"Upgrade", "Restore"};
constexpr Words<3> kContainerKinds = {"Init", "Sidecar", "App"};
constexpr Words<6> kPhases = {"Publishing", "Evicting", "Awaiting",
                              "Placing",    "Starting", "BackingOff"};

template <typename Enum, std::size_t kCount>
Enum decode_word(JsonField word, const Words<kCount>& words, Enum when_absent) {
  if (!word.present()) return when_absent;
  const auto found = std::find(words.begin(), words.end(), word.text());
  if (found != words.end()) return static_cast<Enum>(found - words.begin());
  word.complain("no such word");
  return when_absent;
}

template <typename Enum, std::size_t kCount>
std::string_view word_of(Enum value, const Words<kCount>& words) {
  return words.at(static_cast<std::size_t>(value));
}

/// The kinds of owner that a rule can be for, with what their references need.
struct OwnerWords {
  cluster::OwnerKind kind;
  std::string_view word;
  std::string_view api_version;
};
constexpr std::array<OwnerWords, 4> kOwners = {{
    {cluster::OwnerKind::replica_set, "ReplicaSet", "apps/v1"},
    {cluster::OwnerKind::stateful_set, "StatefulSet", "apps/v1"},
    {cluster::OwnerKind::replication_controller, "ReplicationController", "v1"},
    {cluster::OwnerKind::job, "Job", "batch/v1"},
}};

cluster::OwnerReference decode_owner_reference(JsonField owner, base::NamePool& names) {
  cluster::OwnerReference reference;
  reference.kind_name = names.intern(owner.at("kind").text());
  reference.name = names.intern(owner.at("name").text());
  reference.uid = names.intern(owner.at("uid").text());
  reference.group = names.intern(owner.at("apiGroup").text());
  for (const OwnerWords& known : kOwners) {
    if (reference.kind_name == known.word) reference.kind = known.kind;
  }
  return reference;
}

cluster::MigRequests decode_demand(JsonField demand, base::NamePool& names) {
  cluster::MigRequests requests;
  for (const JsonField each : demand.items()) {
    const JsonField count = each.at("count");
    const bool sound = count.integer() > 0 && count.integer() <= kMostAmount;
    if (!sound) count.complain("expected a positive number of instances");
    requests.push_back({names.intern(each.at("container").text()),
                        decode_word(each.at("kind"), kContainerKinds, cluster::ContainerKind::app),
                        names.intern(each.at("resource").text()), count.integer()});
  }
  return requests;
}

void decode_spec(JsonField spec, base::NamePool& names, cluster::Rule& rule) {
  rule.purpose = decode_word(spec.at("purpose"), kPurposes, cluster::RulePurpose::upgrade);
  rule.owner = decode_owner_reference(spec.at("owner"), names);
  rule.pod_name = spec.at("podName").text();
  rule.completion_index = spec.at("completionIndex").text();
  rule.demand = decode_demand(spec.at("demand"), names);
  rule.demand_resource = names.intern(spec.at("demandResource").text());
  rule.grant_resource = names.intern(spec.at("grantResource").text());
  rule.node = names.intern(spec.at("promise").at("node").text());
  rule.requests = decode_resources(spec.at("promise").at("requests"), names);
  const JsonField old_pod = spec.at("oldPod");
  rule.old_pod = {std::string(old_pod.at("name").text()), names.intern(old_pod.at("uid").text()),
                  std::string(old_pod.at("resourceVersion").text())};
  rule.reason = spec.at("reason").text();
  rule.expires = decode_time(spec.at("expires"));
}

cluster::OwnerFailures decode_failures(JsonField status) {
  cluster::OwnerFailures failures;
  failures.in_a_row = static_cast<int>(
      std::clamp<std::int64_t>(status.at("failuresInARow").integer(), 0, 1'000'000));
  for (const JsonField moment : status.at("failures").items())
    failures.lately.push_back(decode_time(moment));
  failures.backs_off_until = decode_time(status.at("backsOffUntil"));
  return failures;
}

cluster::RuleStatus decode_status(JsonField field) {
  cluster::RuleStatus status;
  status.phase = decode_word(field.at("phase"), kPhases, cluster::RulePhase::publishing);
  status.actor = field.at("actor").text();
  for (const JsonField condition : field.at("conditions").items()) {
    if (condition.at("type").text() != kProgressing) continue;
    status.reason = condition.at("reason").text();
    status.message = condition.at("message").text();
    status.since = decode_time(condition.at("lastTransitionTime"));
  }
  status.failures = decode_failures(field);
  return status;
}

json::array owner_references(const cluster::OwnerReference& owner) {
  for (const OwnerWords& known : kOwners) {
    if (known.kind != owner.kind) continue;
    return {{{"apiVersion", known.api_version},
             {"kind", known.word},
             {"name", owner.name.view()},
             {"uid", owner.uid.view()}}};
  }
  return {};
}

json::array demand_of(const cluster::Rule& rule) {
  json::array demand;
  for (const cluster::MigRequest& request : rule.demand) {
    demand.push_back({{"container", request.container.view()},
                      {"kind", word_of(request.kind, kContainerKinds)},
                      {"resource", request.resource.view()},
                      {"count", request.count}});
  }
  return demand;
}

/// Amounts as quantities: cpu is counted in thousandths of a core.
json::object requests_of(const cluster::Rule& rule) {
  json::object requests;
  for (const cluster::ResourceAmount& amount : rule.requests) {
    const std::string_view unit = amount.resource == "cpu" ? "m" : "";
    requests[amount.resource.view()] = fmt::format("{}{}", amount.amount, unit);
  }
  return requests;
}

json::object owner_of(const cluster::Rule& rule) {
  json::object owner{{"kind", rule.owner.kind_name.view()},
                     {"name", rule.owner.name.view()},
                     {"uid", rule.owner.uid.view()}};
  if (!rule.owner.group.empty()) owner["apiGroup"] = rule.owner.group.view();
  return owner;
}

json::object spec_of(const cluster::Rule& rule) {
  json::object spec{{"purpose", word_of(rule.purpose, kPurposes)},
                    {"owner", owner_of(rule)},
                    {"demand", demand_of(rule)},
                    {"demandResource", rule.demand_resource.view()},
                    {"grantResource", rule.grant_resource.view()},
                    {"promise", {{"node", rule.node.view()}, {"requests", requests_of(rule)}}},
                    {"oldPod",
                     {{"name", rule.old_pod.name},
                      {"uid", rule.old_pod.uid.view()},
                      {"resourceVersion", rule.old_pod.resource_version}}},
                    {"reason", rule.reason.substr(0, kMostMessageBytes)},
                    {"expires", to_timestamp(rule.expires)}};
  if (!rule.pod_name.empty()) spec["podName"] = rule.pod_name;
  if (!rule.completion_index.empty()) spec["completionIndex"] = rule.completion_index;
  return spec;
}

json::object condition_of(const cluster::Rule& rule) {
  const bool progressing = rule.status.phase != cluster::RulePhase::backing_off;
  return {{"type", kProgressing},
          {"status", progressing ? "True" : "False"},
          {"reason", rule.status.reason},
          {"message", rule.status.message.substr(0, kMostMessageBytes)},
          {"observedGeneration", rule.generation},
          {"lastTransitionTime", to_timestamp(rule.status.since)}};
}

void add_failures(const cluster::OwnerFailures& failures, json::object& status) {
  json::array lately;
  for (const base::WallTime moment : failures.lately)
    lately.push_back(to_micro_timestamp(moment).c_str());
  status["failuresInARow"] = failures.in_a_row;
  status["failures"] = std::move(lately);
  status["backsOffUntil"] = to_micro_timestamp(failures.backs_off_until);
}

}  // namespace

cluster::Rule decode_rule(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  cluster::Rule rule;
  rule.id = metadata.at("name").text();
  rule.uid = names.intern(metadata.at("uid").text());
  rule.resource_version = metadata.at("resourceVersion").text();
  rule.generation = metadata.at("generation").integer();
  rule.name_space = names.intern(metadata.at("namespace").text());
  decode_spec(object.at("spec"), names, rule);
  rule.status = decode_status(object.at("status"));
  return rule;
}

std::string encode_rule(const cluster::Rule& rule) {
  return json::serialize(json::object{{"apiVersion", kApiVersion},
                                      {"kind", "MigRule"},
                                      {"metadata",
                                       {{"name", rule.id},
                                        {"namespace", rule.name_space.view()},
                                        {"ownerReferences", owner_references(rule.owner)}}},
                                      {"spec", spec_of(rule)}});
}

std::string encode_rule_status(const cluster::Rule& rule) {
  json::object status{{"observedGeneration", rule.generation},
                      {"phase", word_of(rule.status.phase, kPhases)},
                      {"actor", rule.status.actor},
                      {"conditions", json::array{condition_of(rule)}}};
  if (rule.status.phase == cluster::RulePhase::backing_off) {
    add_failures(rule.status.failures, status);
  }
  return json::serialize(json::object{
      {"metadata", {{"uid", rule.uid.view()}, {"resourceVersion", rule.resource_version}}},
      {"status", std::move(status)}});
}

}  // namespace migadapter::kube
