// The moves under way: from the decision to evict a pod until its successor runs where it should.
//
//            evicted, or gone          created with our rule          bound
//   evicting ---------------> awaiting ---------------------> placing -----> confirmed
//      |                         |                               |
//      | refused, or never       | no such pod in time           | not bound in time,
//      v carried out             v                               v failed, gone
//   withdrawn                  failed                          failed
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/pod.h"
#include "cluster/rule.h"
#include "decide/upgrade.h"

namespace migadapter::controller {

enum class MovePhase { evicting, awaiting, placing };

/// One pod on its way to another grant.
struct Move {
  cluster::Rule rule;
  decide::Grant grant;
  base::Name old_pod_uid;
  std::string old_pod_name;
  std::string old_pod_version;  ///< the precondition of its eviction
  MovePhase phase = MovePhase::evicting;
  base::Name new_pod_uid;          ///< from `placing` on
  base::MonotonicTime deadline{};  ///< when this phase has taken too long
};

/// Finds a move by its rule, by its old pod and by its new pod. Confined to one thread.
class Moves {
 public:
  /// REQUIRES: no move has that rule or that old pod.
  void begin(Move move);
  Move* find(const std::string& rule_id);
  /// The move whose old or new pod this is; nullptr for other pods.
  Move* find_by_pod(const base::Name& pod_uid);
  /// REQUIRES: the move is known.
  void place(Move& move, const base::Name& new_pod_uid, base::MonotonicTime deadline);
  /// Takes the move out. REQUIRES: it is known.
  Move end(const std::string& rule_id);

  /// The rules of the moves whose deadline has passed, ordered by id.
  std::vector<std::string> overdue(base::MonotonicTime now) const;
  /// Gives every move at least until then.
  void extend(base::MonotonicTime deadline);
  /// When the next move is overdue; nothing when there is none.
  std::optional<base::MonotonicTime> next_deadline() const;
  std::size_t size() const { return moves_.size(); }

 private:
  std::map<std::string, Move> moves_;
  std::unordered_map<base::Name, std::string> rule_by_pod_;
};

}  // namespace migadapter::controller
