// "The next pod of this owner with this demand gets this grant", until it expires: the object
// MigRule, which is one pod's move.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/pod.h"
#include "cluster/resources.h"

namespace migadapter::cluster {

enum class RulePurpose { upgrade, restore };

/// The pod that is restarted, as it was when that was decided.
struct OldPod {
  std::string name;
  base::Name uid;
  std::string resource_version;
  friend bool operator==(const OldPod&, const OldPod&) = default;
};

/// How far a move has come, in the order of its life; `backing_off` is the end of one that failed.
enum class RulePhase { publishing, evicting, awaiting, placing, starting, backing_off };

/// What a failed rule is kept for: its owner's failures, which must outlive the process that saw
/// them.
struct OwnerFailures {
  int in_a_row = 0;
  std::vector<base::WallTime> lately;  ///< of the last hour, oldest first
  base::WallTime backs_off_until{};
  friend bool operator==(const OwnerFailures&, const OwnerFailures&) = default;
};

/// How the move stands. Written seldom: see controller::RuleLedger.
struct RuleStatus {
  RulePhase phase = RulePhase::publishing;
  std::string actor;       ///< the process that wrote it; empty: nobody has
  std::string reason;      ///< one word of docs/reasons.md
  std::string message;     ///< the same as a sentence
  base::WallTime since{};  ///< when the move was begun, or failed
  OwnerFailures failures;  ///< meaningful when backing off
  friend bool operator==(const RuleStatus&, const RuleStatus&) = default;
};

/// A rule for one pod to come. `grant_resource` equals `demand_resource` when a restore gives back
/// what was asked for: then the pod is only marked, so that its arrival can be confirmed.
struct Rule {
  std::string id;  ///< the object's name, unique in the cluster; written to the pod's annotation
                   ///< migadapter.io/rule
  base::Name uid;  ///< the object's; empty before it is written, like the next
  std::string resource_version;
  std::int64_t generation = 0;

  RulePurpose purpose = RulePurpose::upgrade;
  base::Name name_space;
  OwnerReference owner;
  std::string pod_name;          ///< StatefulSet: the name that comes back; empty otherwise
  std::string completion_index;  ///< Indexed Job: the index that comes back; empty otherwise
  MigRequests demand;            ///< what the pod must ask for, exactly, for the rule to match
  base::Name demand_resource;
  base::Name grant_resource;
  base::Name node;        ///< where room is held for the pod
  ResourceList requests;  ///< how much: all that the pod will ask for
  OldPod old_pod;
  std::string reason;  ///< why the pod is moved, for people
  base::WallTime expires{};
  RuleStatus status;
  friend bool operator==(const Rule&, const Rule&) = default;
};

/// Whether the webhook may apply the rule: no pod carries it yet, and it has not failed.
inline bool is_open(const Rule& rule) {
  return rule.status.phase <= RulePhase::awaiting;
}

}  // namespace migadapter::cluster
