#include "decide/placement_rules.h"

#include <algorithm>

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
                     [&node](const auto& expression) { return holds(expression, node.labels); }) &&
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

bool matches_placement(const cluster::Constraints& constraints, const Node& node) {
  const bool by_affinity =
      !constraints.has_node_affinity || matches_node_affinity(constraints.node_affinity, node);
  return by_affinity && matches_node_selector(constraints.node_selector, node);
}

}  // namespace migadapter::decide
