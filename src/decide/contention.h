// Who else asks for the free instances of a resource, and what they leave.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster/snapshot.h"

namespace migadapter::decide {

/// Pods that a decision considers one by one. More than these ask for the same resource only where
/// it is scarce, and then the answer is the cautious one.
inline constexpr std::size_t kMostRivals = 128;

/// A pending pod that asks for the resource itself.
struct Rival {
  const cluster::Pod* pod = nullptr;
  std::int64_t instances = 0;
};

/// Demand that comes before ours.
struct Contention {
  std::vector<Rival> rivals;
  /// Instances asked for by pods that may take any of them: upgraded pods without a promise, or
  /// with one whose place others have taken.
  std::int64_t others = 0;
  bool complete = true;  ///< false: there are more than kMostRivals
  std::int64_t instances() const;
};

/// The pods that the scheduler serves before `pod`, which asks for the resource too: those of
/// higher priority, then in the order of the snapshot's native demand.
Contention ahead_of(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                    const base::Name& resource);

/// The pods of at least that priority that ask for the resource, for someone who asks for another.
Contention at_least(const cluster::Snapshot& snapshot, const base::Name& resource,
                    std::int32_t priority);

/// A node on which we could use free instances of the resource.
struct Offer {
  const cluster::NodeState* node = nullptr;
  std::int64_t left = 0;  ///< instances free there and not set aside
};

/// What a rival must be able to do with a node to have a claim on its instances.
enum class Claim {
  could_run_there,  ///< but for room, which may come
  fits_now,
};

/// Sets aside what the rivals can use, from the last offer to the first, so that the best ones
/// remain ours.
void set_aside(std::vector<Offer>& offers, const Contention& contention, Claim claim);

/// The first offer with so many instances left; nullptr without one.
const cluster::NodeState* first_with(const std::vector<Offer>& offers, std::int64_t instances);

}  // namespace migadapter::decide
