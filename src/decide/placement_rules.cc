#include "decide/placement_rules.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/check.h"

namespace migadapter::decide {
namespace {

using cluster::Node;
using cluster::NodeSelectorTerm;
using cluster::SelectorExpression;
using cluster::SelectorOperator;
using cluster::Taint;
using cluster::TaintEffect;
using cluster::Toleration;

bool tolerates(const Toleration& toleration, const Taint& taint) {
  if (!toleration.any_effect && toleration.effect != taint.effect) return false;
  if (toleration.key.empty()) return toleration.exists;
  if (toleration.key != taint.key) return false;
  return toleration.exists || toleration.value == taint.value;
}

/// A label's value as the Gt and Lt operators read it: a whole number, with a sign or without.
std::optional<std::int64_t> whole_number(std::string_view text) {
  const bool plus = text.size() > 1 && text.front() == '+' && text[1] != '-';
  if (plus) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

/// Less than 0, 0 or more as the label stands to the expression's one value; nothing when either is
/// no number.
std::optional<int> compare_numbers(const base::Name* label, const std::vector<base::Name>& values) {
  if (label == nullptr || values.size() != 1) return std::nullopt;
  const auto own = whole_number(label->view());
  const auto bound = whole_number(values.front().view());
  if (!own || !bound) return std::nullopt;
  return *own < *bound ? -1 : (*own > *bound ? 1 : 0);
}

bool contains(const std::vector<base::Name>& values, const base::Name& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool holds(const SelectorExpression& expression, const Node& node) {
  const base::Name* label = cluster::find_label(node.labels, expression.key.view());
  switch (expression.op) {
    case SelectorOperator::in:
      return label != nullptr && contains(expression.values, *label);
    case SelectorOperator::not_in:
      return label == nullptr || !contains(expression.values, *label);
    case SelectorOperator::exists:
      return label != nullptr;
    case SelectorOperator::does_not_exist:
      return label == nullptr;
    case SelectorOperator::greater_than:
      return compare_numbers(label, expression.values) == 1;
    case SelectorOperator::less_than:
      return compare_numbers(label, expression.values) == -1;
  }
  MIGADAPTER_CHECK(false);
  return false;
}

/// The only field is metadata.name, and it takes In or NotIn with exactly one value.
bool field_holds(const SelectorExpression& expression, const Node& node) {
  if (expression.key != "metadata.name" || expression.values.size() != 1) return false;
  const bool named = expression.values.front() == node.name;
  if (expression.op == SelectorOperator::in) return named;
  return expression.op == SelectorOperator::not_in && !named;
}

/// A term without any expression matches nothing.
bool matches(const NodeSelectorTerm& term, const Node& node) {
  if (term.labels.empty() && term.fields.empty()) return false;
  return std::all_of(term.labels.begin(), term.labels.end(),
                     [&node](const auto& expression) { return holds(expression, node); }) &&
         std::all_of(term.fields.begin(), term.fields.end(),
                     [&node](const auto& expression) { return field_holds(expression, node); });
}

}  // namespace

bool tolerates(const std::vector<Toleration>& tolerations, const Taint& taint) {
  return std::any_of(tolerations.begin(), tolerations.end(),
                     [&taint](const Toleration& one) { return tolerates(one, taint); });
}

bool tolerates_node(const std::vector<Toleration>& tolerations, const Node& node) {
  return std::all_of(node.taints.begin(), node.taints.end(), [&tolerations](const Taint& taint) {
    return taint.effect == TaintEffect::prefer_no_schedule || tolerates(tolerations, taint);
  });
}

bool matches_node_selector(const cluster::Labels& selector, const Node& node) {
  return std::all_of(selector.begin(), selector.end(), [&node](const auto& wanted) {
    const base::Name* label = cluster::find_label(node.labels, wanted.first.view());
    return label != nullptr && *label == wanted.second;
  });
}

bool matches_node_affinity(const std::vector<NodeSelectorTerm>& terms, const Node& node) {
  return std::any_of(terms.begin(), terms.end(),
                     [&node](const NodeSelectorTerm& term) { return matches(term, node); });
}

}  // namespace migadapter::decide
