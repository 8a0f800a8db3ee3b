// Labels and what selects them: nodes by a pod's affinity, pods and namespaces by label selectors.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/name.h"

namespace migadapter::cluster {

/// A set of labels, ordered by key.
using Labels = std::vector<std::pair<base::Name, base::Name>>;

/// The label's value, or nullptr. REQUIRES: labels ordered by key.
const base::Name* find_label(const Labels& labels, std::string_view key);

enum class SelectorOperator { in, not_in, exists, does_not_exist, greater_than, less_than };

/// One expression over a label (or, in NodeSelectorTerm::fields, over `metadata.name`).
/// https://github.com/kubernetes/component-helpers/tree/master/scheduling/corev1/nodeaffinity
struct SelectorExpression {
  base::Name key;
  SelectorOperator op = SelectorOperator::in;
  std::vector<base::Name> values;
  friend bool operator==(const SelectorExpression&, const SelectorExpression&) = default;
};

/// Whether the labels are as the expression says. A label that is not there is not in any set.
bool holds(const SelectorExpression& expression, const Labels& labels);

/// A metav1.LabelSelector, matchLabels and matchExpressions together. One that the object leaves
/// out selects nothing, an empty one everything.
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/
struct LabelSelector {
  std::vector<SelectorExpression> expressions;  ///< all must hold
  bool selects_nothing = false;
  bool selects_everything() const { return expressions.empty() && !selects_nothing; }
  friend bool operator==(const LabelSelector&, const LabelSelector&) = default;
};

bool selects(const LabelSelector& selector, const Labels& labels);

}  // namespace migadapter::cluster
