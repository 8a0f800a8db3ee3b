// Every number that bounds what the controller does, with its reason.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.h"
#include "decide/owner_pacing.h"

namespace migadapter::controller {

/// How long the replicas of the webhook may take to serve a new rule. They need milliseconds; one
/// that has crashed is waited for until its Lease has ended (kube::ReplicaLeaseOptions), so that a
/// crash delays moves and withdraws none.
inline constexpr base::Millis kPublishPatience{20'000};

/// How long a rule waits for its pod. Owners recreate a pod within milliseconds; a slow controller
/// manager takes seconds. Longer would let the rule catch an unrelated pod of the owner.
inline constexpr base::Millis kRuleLifetime{30'000};

/// The same where the old pod must be gone first: its grace period comes on top (StatefulSet), or
/// the garbage collection of pods, every 20 s, and the Job's own back-off.
inline constexpr base::Millis kOrderedRuleLifetime{600'000};

/// How long the new pod may take from creation to a node. The scheduler needs milliseconds when it
/// fits, as we have proven; waiting longer means that the proof did not hold.
inline constexpr base::Millis kBindDeadline{30'000};

/// How long the new pod may take from its node to running before its rule is given up: a kubelet
/// that cannot give it the device says so within seconds, a large image may take minutes.
inline constexpr base::Millis kStartPatience{60'000};

/// A move says in its status how far it has come when that has not changed for so long. Most moves
/// take less, and a burst of them is spared the writes.
inline constexpr base::Millis kStatusDelay{1'000};

/// Shared with the simulator.
using decide::kFirstBackOff;
using decide::kLongestBackOff;
using decide::kMostMovesOfOwner;

/// Moves of the whole cluster at the same time: bounds rules, promises and requests under way.
inline constexpr std::size_t kMostMoves = 256;

/// Failures are remembered as long as they count: the hourly limit below looks so far back.
inline constexpr base::Millis kFailureMemory{3'600'000};

/// Owners whose failures are written down at the same time: bounds the rules that are kept for it.
inline constexpr std::size_t kMostKeptRules = 256;

/// A write of a rule that failed is tried again after so long, then after twice as long each time.
inline constexpr base::Millis kFirstWriteRetry{1'000};
inline constexpr base::Millis kLongestWriteRetry{30'000};

/// A rule that is gone, or never came to be, is forgotten after so long: no news of it can follow.
inline constexpr base::Millis kRuleMemory{60'000};

/// A pod whose eviction was asked for is not decided about again until the watch shows a change of
/// it, at most this long. An eviction whose answer was lost and that shows no change for so long
/// was not carried out.
inline constexpr base::Millis kNewsPatience{10'000};

/// An owner whose pod may not be evicted waits at least this long, even where the API server says
/// that it need not (a disruption budget that is being computed answers "retry after 0").
inline constexpr base::Millis kShortestPause{1'000};

/// Failed moves that one owner may cause within an hour, whatever the back-off says.
inline constexpr int kMostFailuresPerHour = 6;

/// The share of time that may go into going over all waiting pods again: a sweep that took T is
/// followed by a pause of nine T.
inline constexpr int kSweepPauseFactor = 9;

/// Going over everything although nothing was reported: what was missed heals within this time.
inline constexpr base::Millis kResync{30'000};

/// The same where a pod only waits for a time to pass: not sooner than this.
inline constexpr base::Millis kShortestResync{500};

/// While nothing may be evicted, the gate is looked at this often.
inline constexpr base::Millis kGateRetry{500};

/// Who has not looked for so long stood still: replicas of the webhook renew their Leases more
/// often.
inline constexpr base::Millis kLongPause{5'000};

/// The API server sends a bookmark about once a minute; two missing ones mean that the view may be
/// old.
inline constexpr base::Millis kOldestWatch{150'000};

/// The webhook is asked this often whether it is reached, and counts as reached for this long.
inline constexpr base::Millis kProbeInterval{10'000};
inline constexpr base::Millis kProbeRetry{500};
inline constexpr base::Millis kOldestProbe{30'000};

/// Numbers in a policy's status that change all the time are written this often at most.
inline constexpr base::Millis kReportInterval{10'000};

/// Events about refusals: this many at once, then one a second, as client-go limits its own.
inline constexpr int kEventBurst = 25;
inline constexpr base::Millis kEventInterval{1'000};

}  // namespace migadapter::controller
