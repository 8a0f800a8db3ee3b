// Which policy speaks for a pod, and what it says.
#pragma once

#include <string_view>
#include <vector>

#include "cluster/policy.h"
#include "cluster/snapshot.h"

namespace migadapter::decide {

/// What a policy does at the moment.
enum class PolicyState {
  enforcing,
  observing,
  off,
  suspended,
  invalid,  ///< it cannot be read, so nothing is done with its pods
};
/// The word of the condition Ready ("Enforcing") and a sentence for people.
std::string_view to_string(PolicyState state);
std::string_view explain(PolicyState state);

PolicyState state_of(const cluster::Policy& policy);

/// All that is allowed to be done with one pod. As it stands, what holds without any policy.
struct PodPolicy {
  base::Name policy;  ///< its name; empty: none selects the pod
  PolicyState state = PolicyState::enforcing;
  cluster::UpgradePolicy upgrade;
  cluster::RestorePolicy restore;
  cluster::Budgets budgets;
  bool forbids_moves() const {
    return state != PolicyState::enforcing && state != PolicyState::observing;
  }
};

/// A suspended policy that selects the pod; else of those that do the one with the highest
/// priority; of equal ones that whose name comes first. `defaults` hold where a policy leaves
/// something out, and without one.
PodPolicy policy_for(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                     const cluster::RestorePolicy& defaults);

/// Whether the policy lets the resource be given to a pod that asked for another.
bool allows(const cluster::UpgradePolicy& policy, const base::Name& resource);

/// The other policies of the same priority that can select a pod which `policy` selects too, in the
/// order of the snapshot. Suspended ones conflict with none.
std::vector<base::Name> conflicts_of(const cluster::Snapshot& snapshot,
                                     const cluster::Policy& policy);

}  // namespace migadapter::decide
