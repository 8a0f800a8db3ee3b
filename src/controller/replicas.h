// The replicas of the webhook, as their Leases show them: who is alive, and who serves which rules.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/replica.h"

namespace migadapter::controller {

/// A replica whose Lease did not change for its duration, by *our* monotonic clock, is dead and is
/// not waited for. Confined to one thread.
class Replicas {
 public:
  void changed(const cluster::Replica& replica, base::MonotonicTime now);
  void removed(const base::Name& uid) { seen_.erase(uid); }
  /// We were not looking: every replica counts as seen just now, so that none is given up for what
  /// we missed.
  void reprieve(base::MonotonicTime now);

  bool any_lives(base::MonotonicTime now) const;
  /// Whether a replica lives and all that do serve the rules up to that resourceVersion.
  bool all_serve(std::string_view resource_version, base::MonotonicTime now) const;
  /// When the next of those that live will be dead unless it is seen again.
  std::optional<base::MonotonicTime> next_death(base::MonotonicTime now) const;

 private:
  struct Seen {
    cluster::Replica replica;
    base::MonotonicTime at{};
    base::MonotonicTime dead_at() const { return at + replica.duration; }
  };
  std::map<base::Name, Seen> seen_;
};

}  // namespace migadapter::controller
