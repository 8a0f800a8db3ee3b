// What reaches the controller's thread from the others.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "kube/cluster_watch.h"
#include "kube/rule_writer.h"

namespace migadapter::controller {

/// The API server's answer to the eviction of one move.
struct EvictionOutcome {
  std::string rule_id;
  base::Status status;
};

enum class RuleWrite { create, status, removal };

/// The API server's answer to one write of a MigRule.
struct RuleOutcome {
  std::string rule_id;
  RuleWrite write = RuleWrite::create;
  base::Result<kube::RuleVersion> result;
};

/// Something outside the cluster's objects changed (the webhook was reached, the lease was won):
/// decide anew.
struct Nudge {};

using Message = std::variant<kube::ClusterEvent, EvictionOutcome, RuleOutcome, Nudge>;

/// A queue with many writers and one reader. Thread-safe. It has no bound of its own: a watch event
/// that was dropped would be missed for good. What fills it is bounded instead: the cluster's size
/// at the first list, and the outcomes of kMostMoves moves.
class Inbox {
 public:
  void push(Message message);
  /// Waits until there is a message, at most `wait`, and takes all there are, in the order of
  /// arrival.
  std::vector<Message> take(base::Millis wait);

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Message> messages_;
};

}  // namespace migadapter::controller
