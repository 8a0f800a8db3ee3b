#include "kube/codec/quota_codec.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "kube/codec/resource_codec.h"

namespace migadapter::kube {
namespace {

using cluster::QuotaScope;
using cluster::QuotaScopeKind;
using cluster::SelectorOperator;

QuotaScopeKind scope_kind(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, QuotaScopeKind>, 5> kKinds = {{
      {"Terminating", QuotaScopeKind::terminating},
      {"NotTerminating", QuotaScopeKind::not_terminating},
      {"BestEffort", QuotaScopeKind::best_effort},
      {"NotBestEffort", QuotaScopeKind::not_best_effort},
      {"PriorityClass", QuotaScopeKind::priority_class},
  }};
  for (const auto& [name, kind] : kKinds) {
    if (name == text) return kind;
  }
  return QuotaScopeKind::other;
}

/// Every scope but PriorityClass takes Exists only.
QuotaScope decode_expression(JsonField expression, base::NamePool& names) {
  static constexpr std::array<std::pair<std::string_view, SelectorOperator>, 4> kOperators = {{
      {"In", SelectorOperator::in},
      {"NotIn", SelectorOperator::not_in},
      {"Exists", SelectorOperator::exists},
      {"DoesNotExist", SelectorOperator::does_not_exist},
  }};
  QuotaScope scope{scope_kind(expression.at("scopeName").text()), SelectorOperator::exists, {}};
  const std::string_view text = expression.at("operator").text();
  const auto* const known = std::find_if(kOperators.begin(), kOperators.end(),
                                         [text](const auto& each) { return each.first == text; });
  if (known == kOperators.end()) return {};
  scope.op = known->second;
  const bool odd =
      scope.kind != QuotaScopeKind::priority_class && scope.op != SelectorOperator::exists;
  if (odd) return {};
  for (const JsonField value : expression.at("values").items()) {
    scope.values.push_back(names.intern(value.text()));
  }
  return scope;
}

std::vector<QuotaScope> decode_scopes(JsonField spec, base::NamePool& names) {
  std::vector<QuotaScope> scopes;
  for (const JsonField scope : spec.at("scopes").items()) {
    scopes.push_back({scope_kind(scope.text()), SelectorOperator::exists, {}});
  }
  for (const JsonField each : spec.at("scopeSelector").at("matchExpressions").items()) {
    scopes.push_back(decode_expression(each, names));
  }
  return scopes;
}

/// The resource without the words that do not change what is charged.
std::string_view charged_resource(std::string_view key) {
  constexpr std::string_view kRequestsPrefix = "requests.";
  if (key == "count/pods") return "pods";
  if (key.starts_with(kRequestsPrefix)) key.remove_prefix(kRequestsPrefix.size());
  return key;
}

/// "cpu" of "limits.cpu": that by which the amount is counted.
std::string_view counted_as(std::string_view resource) {
  constexpr std::string_view kLimitsPrefix = "limits.";
  return resource.starts_with(kLimitsPrefix) ? resource.substr(kLimitsPrefix.size()) : resource;
}

void add_amounts(JsonField hard, JsonField status, base::NamePool& names,
                 std::vector<cluster::QuotaAmount>& amounts) {
  for (const JsonField::Entry entry : hard.entries()) {
    const std::string_view resource = charged_resource(entry.key);
    const std::string_view unit = counted_as(resource);
    cluster::QuotaAmount amount{names.intern(resource), decode_amount(unit, entry.value), {}};
    const JsonField enforced = status.at("hard").at(entry.key);
    const JsonField used = status.at("used").at(entry.key);
    if (enforced.present()) amount.hard = std::min(amount.hard, decode_amount(unit, enforced));
    if (enforced.present() && used.present()) amount.used = decode_amount(unit, used);
    amounts.push_back(std::move(amount));
  }
}

}  // namespace

cluster::ResourceQuota decode_resource_quota(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  const JsonField spec = object.at("spec");
  cluster::ResourceQuota quota;
  quota.name_space = names.intern(metadata.at("namespace").text());
  quota.name = metadata.at("name").text();
  quota.uid = names.intern(metadata.at("uid").text());
  quota.scopes = decode_scopes(spec, names);
  add_amounts(spec.at("hard"), object.at("status"), names, quota.amounts);
  return quota;
}

}  // namespace migadapter::kube
