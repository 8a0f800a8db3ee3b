#include "decide/budget.h"

#include "base/check.h"

namespace migadapter::decide {
namespace {

struct Text {
  std::string_view word;
  std::string_view sentence;
};

Text text_of(BudgetReason reason) {
  switch (reason) {
    case BudgetReason::within_budgets:
      return {"withinBudgets", "No budget of the pod's policy is spent."};
    case BudgetReason::owner_concurrent:
      return {"perOwner.concurrent", "As many pods of the owner are being moved as may be."};
    case BudgetReason::owner_per_hour:
      return {"perOwner.perHour",
              "As many pods of the owner were moved within the last hour as may be."};
    case BudgetReason::namespace_concurrent:
      return {"perNamespace.concurrent",
              "As many pods of the namespace are being moved as may be."};
    case BudgetReason::namespace_per_hour:
      return {"perNamespace.perHour",
              "As many pods of the namespace were moved within the last hour as may be."};
    case BudgetReason::cluster_concurrent:
      return {"perCluster.concurrent", "As many pods of the cluster are being moved as may be."};
    case BudgetReason::cluster_per_hour:
      return {"perCluster.perHour",
              "As many pods of the cluster were moved within the last hour as may be."};
  }
  MIGADAPTER_CHECK(false);
  return {};
}

bool is_spent(const std::optional<std::int64_t>& budget, std::int64_t used) {
  return budget && used >= *budget;
}

}  // namespace

std::string_view to_string(BudgetReason reason) {
  return text_of(reason).word;
}

std::string_view explain(BudgetReason reason) {
  return text_of(reason).sentence;
}

BudgetReason check_budgets(const cluster::Budgets& budgets, const BudgetUses& uses) {
  struct Limit {
    const std::optional<std::int64_t>& budget;
    std::int64_t used;
    BudgetReason reason;
  };
  const Limit limits[] = {
      {budgets.owner.concurrent, uses.owner.concurrent, BudgetReason::owner_concurrent},
      {budgets.owner.per_hour, uses.owner.within_hour, BudgetReason::owner_per_hour},
      {budgets.name_space.concurrent, uses.name_space.concurrent,
       BudgetReason::namespace_concurrent},
      {budgets.name_space.per_hour, uses.name_space.within_hour, BudgetReason::namespace_per_hour},
      {budgets.cluster.concurrent, uses.cluster.concurrent, BudgetReason::cluster_concurrent},
      {budgets.cluster.per_hour, uses.cluster.within_hour, BudgetReason::cluster_per_hour},
  };
  for (const Limit& limit : limits) {
    if (is_spent(limit.budget, limit.used)) return limit.reason;
  }
  return BudgetReason::within_budgets;
}

}  // namespace migadapter::decide
