// The rules in force, as the webhook asks for them.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "cluster/rule.h"

namespace migadapter::cluster {

/// A rule and whether a review holds it at the moment.
struct RuleState {
  Rule rule;
  bool claimed = false;
};

/// The webhook never consumes a rule: admission may run several times for one pod and its request
/// may still be rejected. It *claims* the rule for a short lease; that the created pod carries it
/// is for the controller to see, and a claim that nothing confirms returns by itself.
/// Implementations are thread-safe.
class RuleStore {
 public:
  virtual ~RuleStore() = default;

  /// The open, unexpired rules for pods of the owner, in the order in which they came to be known.
  virtual std::vector<RuleState> rules_of(const base::Name& owner_uid,
                                          base::WallTime now) const = 0;

  /// Reserves the rule for one review until `until`. False when another review holds it or it is
  /// gone.
  virtual bool claim(const std::string& rule_id, base::WallTime now, base::WallTime until) = 0;
};

}  // namespace migadapter::cluster
