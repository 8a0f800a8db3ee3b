#include "decide/budget.h"

#include <gtest/gtest.h>

#include <set>

namespace migadapter::decide {
namespace {

using cluster::Budgets;

TEST(Budget, NamesTheFirstLimitThatIsReached) {
  struct Row {
    Budgets budgets;
    BudgetUses uses;
    BudgetReason reason;
  };
  constexpr std::nullopt_t kNone = std::nullopt;
  const Row rows[] = {
      {{}, {{100, 100}, {100, 100}, {100, 100}}, BudgetReason::within_budgets},
      {{{2, kNone}, {}, {}}, {{1, 9}, {9, 9}, {9, 9}}, BudgetReason::within_budgets},
      {{{2, kNone}, {}, {}}, {{2, 2}, {}, {}}, BudgetReason::owner_concurrent},
      {{{2, 3}, {}, {}}, {{1, 3}, {}, {}}, BudgetReason::owner_per_hour},
      {{{}, {1, kNone}, {}}, {{}, {1, 1}, {}}, BudgetReason::namespace_concurrent},
      {{{}, {kNone, 5}, {}}, {{}, {0, 6}, {}}, BudgetReason::namespace_per_hour},
      {{{}, {}, {10, kNone}}, {{}, {}, {10, 10}}, BudgetReason::cluster_concurrent},
      {{{}, {}, {kNone, 10}}, {{}, {}, {0, 10}}, BudgetReason::cluster_per_hour},
      {{{9, 9}, {9, 9}, {1, 1}}, {{1, 1}, {1, 1}, {1, 1}}, BudgetReason::cluster_concurrent},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(check_budgets(row.budgets, row.uses), row.reason) << to_string(row.reason);
  }
}

}  // namespace
}  // namespace migadapter::decide
