#include "decide/policy_status.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"

namespace migadapter::decide {
namespace {

using cluster::Condition;
using cluster::Policy;

struct Text {
  std::string_view word;
  std::string_view sentence;
};

Text text_of(ConflictReason reason) {
  switch (reason) {
    case ConflictReason::no_conflict:
      return {"NoConflict", "No other policy of the same priority can select the same pods."};
    case ConflictReason::same_priority:
      return {"SamePriority",
              "Other policies have the same priority and can select the same pods, for which the "
              "one whose name comes first applies. Give them different priorities, or selectors "
              "that exclude each other."};
  }
  MIGADAPTER_CHECK(false);
  return {};
}

Condition ready(const Policy& policy) {
  const PolicyState state = state_of(policy);
  Condition condition;
  condition.type = "Ready";
  condition.holds = policy.problem.empty();
  condition.reason = to_string(state);
  condition.message = explain(state);
  if (!policy.problem.empty()) condition.message += " (" + policy.problem + ")";
  return condition;
}

/// " Here: a, b, c …"; a message has its limits.
std::string named(const std::vector<base::Name>& policies) {
  constexpr std::size_t kMostNamed = 10;
  std::string text;
  for (std::size_t i = 0; i < policies.size() && i < kMostNamed; ++i) {
    text += (i == 0 ? " Here: " : ", ") + policies[i].str();
  }
  return policies.size() > kMostNamed ? text + ", …" : text;
}

Condition conflicting(const cluster::Snapshot& snapshot, const Policy& policy) {
  const std::vector<base::Name> others = conflicts_of(snapshot, policy);
  const auto reason = others.empty() ? ConflictReason::no_conflict : ConflictReason::same_priority;
  Condition condition;
  condition.type = "Conflicting";
  condition.holds = !others.empty();
  condition.reason = to_string(reason);
  condition.message = explain(reason);
  condition.message += named(others);
  return condition;
}

/// The API keeps whole seconds.
base::WallTime transition_of(const Condition& condition, const Policy& policy, base::WallTime now) {
  const auto& before = policy.status.conditions;
  const auto found =
      std::find_if(before.begin(), before.end(), [&condition](const Condition& each) {
        return each.type == condition.type && each.holds == condition.holds;
      });
  return found == before.end() ? std::chrono::floor<std::chrono::seconds>(now)
                               : found->last_transition;
}

}  // namespace

std::string_view to_string(ConflictReason reason) {
  return text_of(reason).word;
}

std::string_view explain(ConflictReason reason) {
  return text_of(reason).sentence;
}

cluster::PolicyStatus status_of(const cluster::Snapshot& snapshot, const Policy& policy,
                                const Observed& observed, base::WallTime now) {
  cluster::PolicyStatus status;
  status.observed_generation = policy.generation;
  status.conditions = {ready(policy), conflicting(snapshot, policy)};
  for (Condition& condition : status.conditions) {
    condition.observed_generation = policy.generation;
    condition.last_transition = transition_of(condition, policy, now);
  }
  if (state_of(policy) != PolicyState::observing) return status;
  status.would_upgrade = observed.upgrades;
  status.would_restore = observed.restores;
  return status;
}

}  // namespace migadapter::decide
