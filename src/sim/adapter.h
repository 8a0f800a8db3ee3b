// Whoever restarts pods with another grant, as it sees the cluster: through news, and by asking
// for evictions.
#pragma once

#include <optional>
#include <vector>

#include "sim/pod.h"

namespace migadapter::sim {

/// "Evict this pod; its job's next pod asks for `grant`."
struct Move {
  int id = 0;
  int pod = 0;
  KindId grant = kNoKind;
};

/// Hears of everything at the moment it happens and is asked a little later what to do about it.
class Adapter {
 public:
  virtual ~Adapter() = default;

  virtual void job_came(int job) = 0;
  virtual void job_went(int job) = 0;
  virtual void pod_changed(const Pod& pod) = 0;
  virtual void pod_gone(const Pod& pod) = 0;

  /// The moves to begin now. Whatever it asks for is done.
  virtual std::vector<Move> sweep(Time now) = 0;
  /// When to ask it again although nothing happens; nothing when not at all.
  virtual std::optional<Time> next_deadline() const = 0;
};

}  // namespace migadapter::sim
