#include "kube/codec/policy_codec.h"

#include <array>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "kube/codec/duration.h"
#include "kube/codec/metadata_codec.h"
#include "kube/codec/selector_codec.h"
#include "kube/codec/timestamp.h"

namespace migadapter::kube {
namespace {

namespace json = boost::json;

using cluster::Policy;
using cluster::PolicyMode;
using cluster::RestoreMode;

constexpr std::array<std::pair<std::string_view, PolicyMode>, 3> kModes = {
    {{"Off", PolicyMode::off}, {"Observe", PolicyMode::observe}, {"Enforce", PolicyMode::enforce}}};
constexpr std::array<std::pair<std::string_view, RestoreMode>, 3> kRestoreModes = {
    {{"Eager", RestoreMode::eager},
     {"WhenNeeded", RestoreMode::when_needed},
     {"Never", RestoreMode::never}}};

/// The value that the field names; nothing when it is absent.
template <typename Table>
std::optional<typename Table::value_type::second_type> decode_word(JsonField field,
                                                                   const Table& table) {
  if (!field.present()) return std::nullopt;
  for (const auto& [word, value] : table) {
    if (field.text() == word) return value;
  }
  field.complain("no such mode");
  return std::nullopt;
}

std::optional<base::Millis> decode_duration(JsonField field) {
  if (!field.present()) return std::nullopt;
  const auto duration = parse_duration(field.text());
  if (duration.ok()) return *duration;
  field.complain(duration.error().message());
  return std::nullopt;
}

std::optional<mig::Profile> decode_profile(JsonField field) {
  if (!field.present()) return std::nullopt;
  const auto profile = mig::parse_profile(field.text());
  if (profile.ok()) return *profile;
  field.complain(profile.error().message());
  return std::nullopt;
}

std::optional<std::int64_t> decode_count(JsonField field) {
  if (!field.present()) return std::nullopt;
  const std::int64_t count = field.integer();
  if (count < 1) field.complain("a budget is at least 1");
  return count;
}

cluster::Budget decode_budget(JsonField field) {
  return {decode_count(field.at("concurrent")), decode_count(field.at("perHour"))};
}

cluster::UpgradePolicy decode_upgrade(JsonField field) {
  cluster::UpgradePolicy upgrade;
  upgrade.after = decode_duration(field.at("after")).value_or(base::Millis{0});
  upgrade.largest = decode_profile(field.at("largest"));
  const JsonField allowed = field.at("allowed");
  if (allowed.present() && allowed.items().empty()) allowed.complain("names no profile");
  for (const JsonField each : allowed.items()) {
    if (const auto profile = decode_profile(each)) upgrade.allowed.push_back(*profile);
  }
  return upgrade;
}

void decode_metadata(JsonField metadata, base::NamePool& names, Policy& policy) {
  policy.name = names.intern(metadata.at("name").text());
  policy.uid = names.intern(metadata.at("uid").text());
  policy.resource_version = metadata.at("resourceVersion").text();
  policy.generation = metadata.at("generation").integer();
}

void decode_spec(JsonField spec, base::NamePool& names, Policy& policy) {
  policy.priority = static_cast<std::int32_t>(spec.at("priority").integer());
  policy.suspended = spec.at("suspend").flag();
  policy.mode = decode_word(spec.at("mode"), kModes).value_or(PolicyMode::enforce);
  policy.namespaces = decode_label_selector(spec.at("namespaceSelector"), names);
  policy.pods = decode_label_selector(spec.at("podSelector"), names);
  policy.upgrade = decode_upgrade(spec.at("upgrade"));
  const JsonField restore = spec.at("restore");
  policy.restore_mode = decode_word(restore.at("mode"), kRestoreModes);
  policy.minimum_run_time = decode_duration(restore.at("minimumRunTime"));
  policy.hysteresis = decode_duration(restore.at("hysteresis")).value_or(base::Millis{0});
  const JsonField budgets = spec.at("budgets");
  policy.budgets = {decode_budget(budgets.at("perOwner")),
                    decode_budget(budgets.at("perNamespace")),
                    decode_budget(budgets.at("perCluster"))};
}

cluster::Condition decode_condition(JsonField field) {
  return {std::string(field.at("type").text()),     field.at("status").text() == "True",
          std::string(field.at("reason").text()),   std::string(field.at("message").text()),
          field.at("observedGeneration").integer(), decode_time(field.at("lastTransitionTime"))};
}

std::optional<std::int64_t> decode_observed(JsonField field) {
  return field.present() ? std::optional(field.integer()) : std::nullopt;
}

cluster::PolicyStatus decode_status(JsonField field) {
  cluster::PolicyStatus status;
  for (const JsonField condition : field.at("conditions").items()) {
    status.conditions.push_back(decode_condition(condition));
  }
  status.observed_generation = field.at("observedGeneration").integer();
  status.would_upgrade = decode_observed(field.at("wouldUpgrade"));
  status.would_restore = decode_observed(field.at("wouldRestore"));
  return status;
}

json::object encode_condition(const cluster::Condition& condition) {
  return {{"type", condition.type},
          {"status", condition.holds ? "True" : "False"},
          {"reason", condition.reason},
          {"message", condition.message},
          {"observedGeneration", condition.observed_generation},
          {"lastTransitionTime", to_timestamp(condition.last_transition)}};
}

/// Null takes the field out of the object.
json::value encode_observed(const std::optional<std::int64_t>& count) {
  return count ? json::value(*count) : json::value(nullptr);
}

}  // namespace

Policy decode_policy(JsonField object, base::NamePool& names) {
  Policy policy;
  decode_metadata(object.at("metadata"), names, policy);
  decode_spec(object.at("spec"), names, policy);
  policy.status = decode_status(object.at("status"));
  return policy;
}

std::string encode_policy_status(const Policy& policy, const cluster::PolicyStatus& status) {
  json::array conditions;
  for (const cluster::Condition& condition : status.conditions) {
    conditions.push_back(encode_condition(condition));
  }
  return json::serialize(json::object{
      {"metadata", {{"uid", policy.uid.view()}, {"resourceVersion", policy.resource_version}}},
      {"status",
       {{"observedGeneration", status.observed_generation},
        {"wouldUpgrade", encode_observed(status.would_upgrade)},
        {"wouldRestore", encode_observed(status.would_restore)},
        {"conditions", std::move(conditions)}}}});
}

}  // namespace migadapter::kube
