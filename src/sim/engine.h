// Runs a workload on a cluster, event by event.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/rng.h"
#include "sim/adapter.h"
#include "sim/event_queue.h"
#include "sim/inventory.h"
#include "sim/placement.h"
#include "sim/tally.h"
#include "sim/waiting_line.h"

namespace migadapter::sim {

/// How long the cluster takes for what it does. Defaults are orders of magnitude; docs/simulator.md
/// says where they come from.
struct Delays {
  Time scheduling{10};      ///< from when a pod could be placed until it is bound
  Time start{2'000};        ///< from bound to working: kubelet, device plugin, container
  Time adapter{50};         ///< from a change until the adapter decides with it in view
  Time recreation{50};      ///< from an eviction until the owner has created the next pod
  Time termination{1'000};  ///< from an eviction until the devices of a running pod are free
  Time restart{30'000};     ///< what a pod interrupted at work needs before its successor gets on
  Time device_creation{0};  ///< added to the start where the device must be made first
};

/// Looks on. For records that not every run needs.
class Witness {
 public:
  virtual ~Witness() = default;
  /// All that happens at `now` has happened.
  virtual void settled(Time now, const Inventory& inventory) = 0;
};

/// What an engine works with. All outlive it; adapter and witness may be nullptr.
struct EngineParts {
  const Workload& workload;
  Inventory& inventory;
  Placement& placement;
  Adapter* adapter = nullptr;
  Witness* witness = nullptr;
};

struct EngineOptions {
  Delays delays;
  KindId first_grant = kNoKind;  ///< what every job gets instead of its demand; kNoKind: its demand
  std::uint64_t seed = 0;        ///< for ties between nodes
};

/// One run. Deterministic: the same parts, options and seed give the same outcome, byte for byte.
class Engine {
 public:
  Engine(EngineParts parts, EngineOptions options);

  /// Until nothing happens any more. REQUIRES: was not called before.
  Outcome run();

 private:
  void handle(const Event& event);
  void arrive(int job);
  void lose_patience(int job);
  void recreate(int old_pod);
  void attempt();
  void start(Pod& pod);
  void finish(Pod& pod);
  void sweep();

  void create_pod(int job, KindId grant, int move);
  void bind(Pod& pod, Place place);
  void evict(const Move& move);
  void interrupt(Pod& pod);
  void drop(Pod& pod);
  void end(Pod& pod);
  void job_goes(int job);
  void want_attempt();
  void want_sweep(Time at);
  Adapter* news();
  void tell(const Pod& pod);
  void settle();

  struct JobState {
    int pod = -1;        ///< the pod that works or will; -1: between an eviction and the next pod
    Move next;           ///< meaningful between those two
    double left_ms = 0;  ///< of its work, on the device it asks for
    bool bound = false;  ///< a node was found for one of its pods
    bool restarts = false;  ///< the work of its next pod begins with what a restart costs
    bool gone = false;
  };
  const Job& job_of(const Pod& pod) const;
  JobState& state_of(const Pod& pod) { return jobs_[static_cast<std::size_t>(pod.job)]; }
  const Partition& partition_of(const Pod& pod) const;
  double rate_of(const Pod& pod) const;
  std::int64_t demanded_slices(const Pod& pod) const;
  std::int64_t blocked_jobs() const;

  EngineParts parts_;
  EngineOptions options_;
  base::Rng random_;
  EventQueue events_;
  WaitingLine line_;
  Tally tally_;
  std::vector<JobState> jobs_;
  std::deque<Pod> pods_;
  Time now_{0};
  bool attempt_is_due_ = false;
  std::optional<Time> next_sweep_;
};

}  // namespace migadapter::sim
