#include "kube/codec/affinity_codec.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "kube/codec/metadata_codec.h"

namespace migadapter::kube {

using cluster::SelectorExpression;
using cluster::SelectorOperator;
using cluster::Unmodelled;

namespace {

std::optional<SelectorOperator> selector_operator(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, SelectorOperator>, 6> kOperators = {{
      {"In", SelectorOperator::in},
      {"NotIn", SelectorOperator::not_in},
      {"Exists", SelectorOperator::exists},
      {"DoesNotExist", SelectorOperator::does_not_exist},
      {"Gt", SelectorOperator::greater_than},
      {"Lt", SelectorOperator::less_than},
  }};
  for (const auto& [name, op] : kOperators) {
    if (name == text) return op;
  }
  return std::nullopt;
}

void mark(UnmodelledSet& found, Unmodelled feature) {
  found.set(static_cast<std::size_t>(feature));
}

std::int64_t number_or(JsonField field, std::int64_t by_default) {
  return field.present() ? field.integer() : by_default;
}

}  // namespace

std::vector<SelectorExpression> AffinityCodec::decode_expressions(JsonField list) {
  std::vector<SelectorExpression> expressions;
  for (const JsonField field : list.items()) {
    const std::optional<SelectorOperator> op = selector_operator(field.at("operator").text());
    if (!op) {
      mark(unmodelled_, Unmodelled::unknown_operator);
      continue;
    }
    SelectorExpression expression{names_.intern(field.at("key").text()), *op, {}};
    for (const JsonField value : field.at("values").items()) {
      expression.values.push_back(names_.intern(value.text()));
    }
    expressions.push_back(std::move(expression));
  }
  return expressions;
}

cluster::LabelSelector AffinityCodec::decode_selector(JsonField selector) {
  cluster::LabelSelector decoded;
  decoded.selects_nothing = !selector.present();
  for (auto& [key, value] : decode_labels(selector.at("matchLabels"), names_)) {
    decoded.expressions.push_back({key, SelectorOperator::in, {value}});
  }
  for (SelectorExpression& expression : decode_expressions(selector.at("matchExpressions"))) {
    decoded.expressions.push_back(std::move(expression));
  }
  return decoded;
}

/// The API server merges the keys into the selector when it stores the pod, and the scheduler those
/// of a spread once more; an older one of either may not. Twice does no harm.
void AffinityCodec::merge_keys(JsonField keys, SelectorOperator op,
                               cluster::LabelSelector& selector) {
  if (selector.selects_nothing) return;
  for (const JsonField key : keys.items()) {
    const base::Name* value = cluster::find_label(owner_.labels, key.text());
    if (value == nullptr) continue;
    SelectorExpression expression{names_.intern(key.text()), op, {*value}};
    auto& known = selector.expressions;
    const bool merged = std::find(known.begin(), known.end(), expression) != known.end();
    if (!merged) known.push_back(std::move(expression));
  }
}

cluster::AffinityTerm AffinityCodec::decode_term(JsonField term) {
  cluster::AffinityTerm decoded;
  decoded.pods = decode_selector(term.at("labelSelector"));
  merge_keys(term.at("matchLabelKeys"), SelectorOperator::in, decoded.pods);
  merge_keys(term.at("mismatchLabelKeys"), SelectorOperator::not_in, decoded.pods);
  for (const JsonField name_space : term.at("namespaces").items()) {
    decoded.namespaces.push_back(names_.intern(name_space.text()));
  }
  const JsonField by_label = term.at("namespaceSelector");
  if (by_label.present()) {
    decoded.namespaces_by_label = decode_selector(by_label);
  } else if (decoded.namespaces.empty()) {
    decoded.namespaces = {owner_.name_space};
  }
  decoded.topology_key = names_.intern(term.at("topologyKey").text());
  return decoded;
}

std::vector<cluster::AffinityTerm> AffinityCodec::decode_terms(JsonField spec,
                                                               std::string_view affinity) {
  std::vector<cluster::AffinityTerm> terms;
  const JsonField required =
      spec.at("affinity").at(affinity).at("requiredDuringSchedulingIgnoredDuringExecution");
  for (const JsonField term : required.items()) terms.push_back(decode_term(term));
  return terms;
}

bool AffinityCodec::decode_policy(JsonField policy, bool by_default) {
  const std::string_view text = policy.text();
  if (text == "Honor") return true;
  if (text == "Ignore") return false;
  if (!text.empty()) mark(unmodelled_, Unmodelled::topology_spread);
  return by_default;
}

cluster::SpreadConstraint AffinityCodec::decode_constraint(JsonField constraint) {
  cluster::SpreadConstraint decoded;
  decoded.max_skew = constraint.at("maxSkew").integer();
  decoded.min_domains = number_or(constraint.at("minDomains"), 1);
  decoded.topology_key = names_.intern(constraint.at("topologyKey").text());
  decoded.pods = decode_selector(constraint.at("labelSelector"));
  merge_keys(constraint.at("matchLabelKeys"), SelectorOperator::in, decoded.pods);
  decoded.honours_node_affinity = decode_policy(constraint.at("nodeAffinityPolicy"), true);
  decoded.honours_taints = decode_policy(constraint.at("nodeTaintsPolicy"), false);
  return decoded;
}

std::vector<cluster::SpreadConstraint> AffinityCodec::decode_spread(JsonField spec) {
  std::vector<cluster::SpreadConstraint> constraints;
  for (const JsonField constraint : spec.at("topologySpreadConstraints").items()) {
    const std::string_view action = constraint.at("whenUnsatisfiable").text();
    if (action == "DoNotSchedule") {
      constraints.push_back(decode_constraint(constraint));
    } else if (action != "ScheduleAnyway") {
      mark(unmodelled_, Unmodelled::topology_spread);
    }
  }
  return constraints;
}

}  // namespace migadapter::kube
