// What is to happen, in the order of virtual time.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "sim/workload.h"

namespace migadapter::sim {

enum class EventKind {
  arrival,      ///< of a job
  impatience,   ///< of a job that was never started
  recreation,   ///< of an evicted pod, by its job's owner; the subject is the old pod
  attempt,      ///< of the scheduler, to place whoever waits
  start,        ///< of a pod
  finish,       ///< of a pod
  termination,  ///< the grace of an evicted pod is over
  sweep,        ///< of the adapter
};

struct Event {
  Time at{0};
  std::int64_t sequence = 0;  ///< events of one moment happen in the order in which they were made
  EventKind kind = EventKind::arrival;
  int subject = 0;
};

class EventQueue {
 public:
  void push(Time at, EventKind kind, int subject) {
    events_.push({at, next_sequence_++, kind, subject});
  }
  bool empty() const { return events_.empty(); }
  Time next_time() const { return events_.top().at; }
  Event pop() {
    const Event event = events_.top();
    events_.pop();
    return event;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
  };
  std::priority_queue<Event, std::vector<Event>, Later> events_;
  std::int64_t next_sequence_ = 0;
};

}  // namespace migadapter::sim
