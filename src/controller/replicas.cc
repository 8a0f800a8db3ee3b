#include "controller/replicas.h"

#include <algorithm>

#include "cluster/resource_version.h"

namespace migadapter::controller {

void Replicas::changed(const cluster::Replica& replica, base::MonotonicTime now) {
  const auto [place, is_new] = seen_.try_emplace(replica.uid, Seen{replica, now});
  // A list that is taken again shows Leases that nobody has renewed meanwhile.
  if (is_new || place->second.replica == replica) return;
  place->second = Seen{replica, now};
}

void Replicas::reprieve(base::MonotonicTime now) {
  for (auto& [uid, seen] : seen_) seen.at = now;
}

bool Replicas::any_lives(base::MonotonicTime now) const {
  return std::any_of(seen_.begin(), seen_.end(),
                     [now](const auto& entry) { return now < entry.second.dead_at(); });
}

bool Replicas::all_serve(std::string_view resource_version, base::MonotonicTime now) const {
  return any_lives(now) && std::all_of(seen_.begin(), seen_.end(), [&](const auto& entry) {
           const auto& [uid, seen] = entry;
           return now >= seen.dead_at() ||
                  cluster::has_come_to(seen.replica.served_rules, resource_version);
         });
}

std::optional<base::MonotonicTime> Replicas::next_death(base::MonotonicTime now) const {
  std::optional<base::MonotonicTime> next;
  for (const auto& [uid, seen] : seen_) {
    if (now < seen.dead_at() && (!next || seen.dead_at() < *next)) next = seen.dead_at();
  }
  return next;
}

}  // namespace migadapter::controller
