#include "controller/patience.h"

#include <algorithm>

namespace migadapter::controller {

bool Patience::is_over(const base::Name& pod_uid, base::Millis hysteresis,
                       base::MonotonicTime now) {
  if (hysteresis <= base::Millis{0}) return true;
  Wait& wait = waits_.try_emplace(pod_uid, Wait{now, now}).first->second;
  wait.until = wait.since + hysteresis;
  wait.possible = true;
  return now >= wait.until;
}

void Patience::end_sweep() {
  std::erase_if(waits_, [](const auto& entry) { return !entry.second.possible; });
  for (auto& [pod_uid, wait] : waits_) wait.possible = false;
}

std::optional<base::MonotonicTime> Patience::next() const {
  std::optional<base::MonotonicTime> next;
  for (const auto& [pod_uid, wait] : waits_) {
    next = next ? std::min(*next, wait.until) : wait.until;
  }
  return next;
}

}  // namespace migadapter::controller
