// The moves under way: from the decision to evict a pod until its successor runs where it should.
//
//            written down          all replicas serve it         evicted, or gone
//  recording ------------> publishing ---------------> evicting ---------------> awaiting
//      |                       |                           |                        |
//      | refused               | too slow, or no           | refused, or never      | no such pod
//      v                       v longer needed             v carried out            v in time
//  withdrawn               withdrawn                   withdrawn                  failed
//
//            created with our rule          bound               runs
//  awaiting ---------------------> placing --------> starting ---------> done
//                                     |                  |
//                                     v not bound in     v refused by
//                                   failed  time       failed  its kubelet
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/rule.h"

namespace migadapter::controller {

enum class MovePhase { recording, publishing, evicting, awaiting, placing, starting };
/// The word of the MigRule's status, and a sentence.
std::string_view to_string(MovePhase phase);
std::string_view explain(MovePhase phase);
/// REQUIRES: not recording, in which there is no rule that could say it.
cluster::RulePhase rule_phase(MovePhase phase);

/// One pod on its way to another grant.
struct Move {
  cluster::Rule rule;  ///< its spec; for the object's versions see RuleLedger
  MovePhase phase = MovePhase::recording;
  base::MonotonicTime since{};        ///< when this phase began
  base::MonotonicTime deadline{};     ///< when this phase has taken too long
  std::string published_as;           ///< from `publishing` on: what the replicas must have come to
  base::Name new_pod_uid;             ///< from `placing` on
  std::optional<MovePhase> written;   ///< what its rule's status says
  std::int32_t desired_replicas = 0;  ///< of the owner, when the old pod was to be evicted
};

/// Finds a move by its rule, by its old pod and by its new pod. Confined to one thread.
class Moves {
 public:
  /// REQUIRES: no move has that rule or that old pod.
  Move& begin(Move move);
  Move* find(const std::string& rule_id);
  /// The move whose old or new pod this is; nullptr for other pods.
  Move* find_by_pod(const base::Name& pod_uid);
  /// REQUIRES: the move is known.
  void set_new_pod(Move& move, const base::Name& new_pod_uid);
  /// Takes the move out. REQUIRES: it is known.
  Move end(const std::string& rule_id);

  /// The rules of the moves that are so, ordered by id.
  std::vector<std::string> overdue(base::MonotonicTime now) const;
  std::vector<std::string> in_phase(MovePhase phase) const;
  std::vector<std::string> of_owner(const base::Name& owner_uid) const;
  std::vector<std::string> all() const;
  /// The moves whose rules do not say yet how far they have come, though that was so long ago.
  std::vector<std::string> unwritten(base::MonotonicTime now) const;
  /// Gives every move at least until then.
  void extend(base::MonotonicTime deadline);
  /// When a move is overdue next, or to be written down; nothing when there is none.
  std::optional<base::MonotonicTime> next_deadline() const;
  std::size_t size() const { return moves_.size(); }

 private:
  template <typename Condition>
  std::vector<std::string> where(const Condition& holds) const;

  std::map<std::string, Move> moves_;
  std::unordered_map<base::Name, std::string> rule_by_pod_;
};

}  // namespace migadapter::controller
