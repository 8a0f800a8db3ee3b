// Whether a policy's budgets allow one more move.
#pragma once

#include <cstdint>
#include <string_view>

#include "cluster/policy.h"

namespace migadapter::decide {

/// The moves of one owner, of one namespace or of the cluster.
struct BudgetUse {
  std::int64_t concurrent = 0;   ///< under way
  std::int64_t within_hour = 0;  ///< begun within the last hour, those under way among them
};

/// What one pod's move would come on top of.
struct BudgetUses {
  BudgetUse owner;
  BudgetUse name_space;
  BudgetUse cluster;
};

enum class BudgetReason {
  within_budgets,
  owner_concurrent,
  owner_per_hour,
  namespace_concurrent,
  namespace_per_hour,
  cluster_concurrent,
  cluster_per_hour,
};
/// Reason as the field that is spent ("perOwner.concurrent") and as a sentence for people.
std::string_view to_string(BudgetReason reason);
std::string_view explain(BudgetReason reason);

/// The first budget that is spent, from the owner's to the cluster's.
BudgetReason check_budgets(const cluster::Budgets& budgets, const BudgetUses& uses);

}  // namespace migadapter::decide
