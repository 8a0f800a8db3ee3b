#include "decide/policy.h"

#include <algorithm>

#include "base/check.h"
#include "mig/profile.h"

namespace migadapter::decide {
namespace {

using cluster::Policy;
using cluster::Snapshot;

struct Text {
  std::string_view word;
  std::string_view sentence;
};

Text text_of(PolicyState state) {
  switch (state) {
    case PolicyState::enforcing:
      return {"Enforcing", "Pods that the policy applies to are moved as it says."};
    case PolicyState::observing:
      return {"Observing",
              "What would be done with pods that the policy applies to is said on them and counted "
              "here; nothing is evicted."};
    case PolicyState::off:
      return {"Off", "Pods that the policy applies to are left as they are."};
    case PolicyState::suspended:
      return {"Suspended",
              "No pod that the policy selects is moved, whatever other policies say, until suspend "
              "is false again."};
    case PolicyState::invalid:
      return {"Invalid",
              "The policy cannot be read, so pods that it applies to are left as they are until it "
              "is corrected."};
  }
  MIGADAPTER_CHECK(false);
  return {};
}

const cluster::Labels& labels_of_namespace(const Snapshot& snapshot, const base::Name& name) {
  static const cluster::Labels none;
  const cluster::Namespace* known = snapshot.find_namespace(name);
  return known == nullptr ? none : known->labels;
}

const Policy* applying_policy(const Snapshot& snapshot, const cluster::Pod& pod) {
  const cluster::Labels& pod_labels = cluster::labels_of(pod);
  const cluster::Labels& namespace_labels = labels_of_namespace(snapshot, pod.name_space);
  const Policy* first = nullptr;
  for (const Policy& policy : snapshot.policies()) {
    const bool chosen = cluster::selects(policy.namespaces, namespace_labels) &&
                        cluster::selects(policy.pods, pod_labels);
    if (!chosen) continue;
    if (policy.suspended) return &policy;
    if (first == nullptr) first = &policy;
  }
  return first;
}

bool contains(const std::vector<base::Name>& values, const base::Name& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool needs_label(const cluster::SelectorExpression& expression) {
  return expression.op == cluster::SelectorOperator::in ||
         expression.op == cluster::SelectorOperator::exists;
}

/// Whether `other` lets none of the values of `one` through. REQUIRES: they have one key.
bool lets_none_through(const cluster::SelectorExpression& one,
                       const cluster::SelectorExpression& other) {
  using Operator = cluster::SelectorOperator;
  if (needs_label(one) && other.op == Operator::does_not_exist) return true;
  if (one.op != Operator::in) return false;
  return std::none_of(one.values.begin(), one.values.end(), [&other](const base::Name& value) {
    if (other.op == Operator::in) return contains(other.values, value);
    return other.op != Operator::not_in || !contains(other.values, value);
  });
}

/// Whether no labels at all can satisfy both. False where that is not plain to see.
bool are_disjoint(const cluster::LabelSelector& a, const cluster::LabelSelector& b) {
  for (const auto& one : a.expressions) {
    for (const auto& other : b.expressions) {
      if (one.key != other.key) continue;
      if (lets_none_through(one, other) || lets_none_through(other, one)) return true;
    }
  }
  return false;
}

}  // namespace

std::string_view to_string(PolicyState state) {
  return text_of(state).word;
}

std::string_view explain(PolicyState state) {
  return text_of(state).sentence;
}

PolicyState state_of(const Policy& policy) {
  if (policy.suspended) return PolicyState::suspended;
  if (!policy.problem.empty()) return PolicyState::invalid;
  switch (policy.mode) {
    case cluster::PolicyMode::off:
      return PolicyState::off;
    case cluster::PolicyMode::observe:
      return PolicyState::observing;
    case cluster::PolicyMode::enforce:
      return PolicyState::enforcing;
  }
  MIGADAPTER_CHECK(false);
  return {};
}

PodPolicy policy_for(const Snapshot& snapshot, const cluster::Pod& pod,
                     const cluster::RestorePolicy& defaults) {
  PodPolicy result;
  result.restore = defaults;
  const Policy* policy = applying_policy(snapshot, pod);
  if (policy == nullptr) return result;
  result.policy = policy->name;
  result.state = state_of(*policy);
  result.upgrade = policy->upgrade;
  result.restore = {policy->restore_mode.value_or(defaults.mode),
                    policy->minimum_run_time.value_or(defaults.minimum_run_time),
                    policy->hysteresis};
  result.budgets = policy->budgets;
  return result;
}

bool allows(const cluster::UpgradePolicy& policy, const base::Name& resource) {
  if (!policy.largest && policy.allowed.empty()) return true;
  const auto profile = mig::parse_resource(resource.view());
  if (!profile.ok()) return false;
  const bool small_enough =
      !policy.largest || (profile->compute_slices <= policy.largest->compute_slices &&
                          profile->memory_gib <= policy.largest->memory_gib);
  const auto& allowed = policy.allowed;
  return small_enough &&
         (allowed.empty() || std::find(allowed.begin(), allowed.end(), *profile) != allowed.end());
}

std::vector<base::Name> conflicts_of(const Snapshot& snapshot, const Policy& policy) {
  std::vector<base::Name> conflicts;
  for (const Policy& other : snapshot.policies()) {
    const bool equal = other.uid != policy.uid && other.priority == policy.priority &&
                       !other.suspended && !policy.suspended;
    const bool disjoint =
        are_disjoint(policy.namespaces, other.namespaces) || are_disjoint(policy.pods, other.pods);
    if (equal && !disjoint) conflicts.push_back(other.name);
  }
  return conflicts;
}

}  // namespace migadapter::decide
