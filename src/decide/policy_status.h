// What the status of a policy is to say.
#pragma once

#include <string>

#include "cluster/policy.h"
#include "cluster/snapshot.h"
#include "decide/policy.h"

namespace migadapter::decide {

/// Pods that would be moved now if the policy enforced.
struct Observed {
  std::int64_t upgrades = 0;
  std::int64_t restores = 0;
};

enum class ConflictReason { no_conflict, same_priority };
/// The word of the condition Conflicting and a sentence for people.
std::string_view to_string(ConflictReason reason);
std::string_view explain(ConflictReason reason);

/// The conditions Ready and Conflicting; their time stays where they have not changed. `observed`
/// is told in mode Observe alone.
cluster::PolicyStatus status_of(const cluster::Snapshot& snapshot, const cluster::Policy& policy,
                                const Observed& observed, base::WallTime now);

}  // namespace migadapter::decide
