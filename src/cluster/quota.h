// What a namespace may use in sum.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/name.h"
#include "cluster/constraints.h"

namespace migadapter::cluster {

/// What quotas with scopes tell pods apart by. Nothing of it changes with the grant.
struct QuotaClass {
  base::Name priority_class;  ///< spec.priorityClassName
  bool has_deadline = false;  ///< spec.activeDeadlineSeconds is set: "terminating" to a quota
  bool best_effort = false;   ///< status.qosClass: neither cpu nor memory is asked for
  friend bool operator==(const QuotaClass&, const QuotaClass&) = default;
  friend std::strong_ordering operator<=>(const QuotaClass&, const QuotaClass&) = default;
};

enum class QuotaScopeKind {
  terminating,
  not_terminating,
  best_effort,
  not_best_effort,
  priority_class,
  other,  ///< not modelled: whether it holds of a pod is not known
};

/// A condition that a pod must meet to be charged.
struct QuotaScope {
  QuotaScopeKind kind = QuotaScopeKind::other;
  SelectorOperator op = SelectorOperator::exists;  ///< of priority_class
  std::vector<base::Name> values;                  ///< of priority_class
  friend bool operator==(const QuotaScope&, const QuotaScope&) = default;
};

/// How much of one resource may be used. "requests." is left out of the name, as it means the same;
/// "limits." is not; "pods" stands for "count/pods" too.
struct QuotaAmount {
  base::Name resource;
  std::int64_t hard = 0;
  /// What the quota controller has counted, terminating pods within their grace period included;
  /// nothing until it has: then the API server admits nothing.
  std::optional<std::int64_t> used;
  friend bool operator==(const QuotaAmount&, const QuotaAmount&) = default;
};

/// A ResourceQuota. https://kubernetes.io/docs/concepts/policy/resource-quotas/
struct ResourceQuota {
  base::Name name_space;
  std::string name;
  base::Name uid;
  std::vector<QuotaScope> scopes;  ///< must all hold
  std::vector<QuotaAmount> amounts;
  friend bool operator==(const ResourceQuota&, const ResourceQuota&) = default;
};

/// Whether the quota charges pods of the class; nothing where that is not modelled.
std::optional<bool> charges(const ResourceQuota& quota, const QuotaClass& pods);

}  // namespace migadapter::cluster
