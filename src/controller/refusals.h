// What one sweep has refused already.
#pragma once

#include <unordered_map>

#include "base/name.h"
#include "cluster/pod.h"
#include "decide/upgrade.h"

namespace migadapter::controller {

/// Remembers for each owner why a pod of it was refused, so that a thousand waiting pods of a
/// Deployment cost one search and not a thousand. Moves that start meanwhile only take room, so a
/// refusal holds until the watch reports something: for the rest of the sweep. Confined to one
/// thread.
class Refusals {
 public:
  /// The refusal of a pod that is like this one in all that decides; nullptr when none is known.
  const decide::UpgradeDecision* find(const cluster::Pod& pod) const;
  /// REQUIRES: decision.grant is empty; `pod` stays where it is as long as this.
  void remember(const cluster::Pod& pod, const decide::UpgradeDecision& decision);

 private:
  struct Refusal {
    const cluster::Pod* pod = nullptr;
    decide::UpgradeDecision decision;
  };
  std::unordered_map<base::Name, Refusal> by_owner_;
};

}  // namespace migadapter::controller
