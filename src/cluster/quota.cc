#include "cluster/quota.h"

#include <algorithm>

#include "base/check.h"

namespace migadapter::cluster {
namespace {

bool is_one_of(const base::Name& value, const std::vector<base::Name>& values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

/// As a label selector over the one label that a pod with a priority class has.
std::optional<bool> selects(const QuotaScope& scope, const base::Name& priority_class) {
  const bool has_one = !priority_class.empty();
  switch (scope.op) {
    case SelectorOperator::exists:
      return has_one;
    case SelectorOperator::does_not_exist:
      return !has_one;
    case SelectorOperator::in:
      return has_one && is_one_of(priority_class, scope.values);
    case SelectorOperator::not_in:
      return !has_one || !is_one_of(priority_class, scope.values);
    case SelectorOperator::greater_than:
    case SelectorOperator::less_than:
      return std::nullopt;
  }
  MIGADAPTER_CHECK(false);
  return std::nullopt;
}

std::optional<bool> holds(const QuotaScope& scope, const QuotaClass& pods) {
  switch (scope.kind) {
    case QuotaScopeKind::terminating:
      return pods.has_deadline;
    case QuotaScopeKind::not_terminating:
      return !pods.has_deadline;
    case QuotaScopeKind::best_effort:
      return pods.best_effort;
    case QuotaScopeKind::not_best_effort:
      return !pods.best_effort;
    case QuotaScopeKind::priority_class:
      return selects(scope, pods.priority_class);
    case QuotaScopeKind::other:
      return std::nullopt;
  }
  MIGADAPTER_CHECK(false);
  return std::nullopt;
}

}  // namespace

std::optional<bool> charges(const ResourceQuota& quota, const QuotaClass& pods) {
  std::optional<bool> all = true;
  for (const QuotaScope& scope : quota.scopes) {
    const std::optional<bool> one = holds(scope, pods);
    if (one == false) return false;
    if (!one) all = std::nullopt;
  }
  return all;
}

}  // namespace migadapter::cluster
