"""Deliberate bugs, each with the test that must notice it.

A mutant replaces one piece of text, which must stand in the file exactly once. When the code changes so
that it does not any more, the run says so: find the same bug in the new code.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    bug: str  # what the program does wrong
    path: str
    old: str
    new: str
    test: str  # "program: Suite.Name"; fails under the bug and passes without


WRITES = [
    Mutant("an eviction has no preconditions", "src/kube/cluster_writer.cc",
           '{"deleteOptions", {{"preconditions", preconditions}}}', '{"deleteOptions", preconditions}',
           "kube_test: ClusterWriterTest.AnEvictionCarriesBothPreconditions"),
    Mutant("an eviction names the pod's uid alone", "src/kube/cluster_writer.cc",
           '{"uid", eviction.uid.view()},\n'
           '                                          {"resourceVersion", eviction.resource_version}}',
           '{"uid", eviction.uid.view()}}',
           "kube_test: ClusterWriterTest.AnEvictionCarriesBothPreconditions"),
    Mutant("a stale view may be acted on", "src/controller/act_gate.cc",
           "if (!view.watch_current_as_of || now - *view.watch_current_as_of > kOldestWatch)\n    return",
           "if (!view.watch_current_as_of && now < base::MonotonicTime::min())\n    return",
           "controller_test: ActGate.ShutsWhenAWatchIsBrokenOrSilentForTooLong"),
    Mutant("a webhook that is not reached stops nothing", "src/controller/act_gate.cc",
           "if (!view.webhook_proven_at || now - *view.webhook_proven_at > kOldestProbe)",
           "if (!view.webhook_proven_at && now - *view.webhook_proven_at > kOldestProbe)",
           "controller_test: ActGate.ShutsWhenTheWebhookWasNotReachedLately"),
    Mutant("leadership has no end", "src/controller/act_gate.cc",
           "view.leader_until.has_value() && now < *view.leader_until;",
           "view.leader_until.has_value() && now < base::MonotonicTime::max();",
           "controller_test: ActGate.ShutsAtTheVeryMomentTheLeaseEnds"),
    Mutant("a Lease that is being renewed is taken over", "src/kube/lease_election.cc",
           "seen_.holder.empty() || is_ours() || !still_counts(now)", "true",
           "kube_test: LeaseElectionTest.AnothersLeaseExpiresByOurClockSinceItLastChanged"),
]

MOVES = [
    Mutant("a second pod is moved before the first is confirmed", "src/controller/owner_pace.cc",
           "? 1 : pace.window;", "? 1 : kMostMovesOfOwner;",
           "controller_test: OwnerPacesTest.ASecondPodIsNotMovedBeforeTheFirstIsConfirmed"),
    Mutant("a failed move is tried again at once", "src/controller/owner_pace.cc",
           "  pace.not_before = std::max(pace.not_before, pace.backs_off_until);\n}\n\nvoid OwnerPaces::pause",
           "}\n\nvoid OwnerPaces::pause",
           "controller_test: OwnerPacesTest.AFailureCostsAPauseThatDoublesAndBringsTheOwnerBackToOne"),
    Mutant("the room for a moved pod is not held", "src/cluster/store.cc",
           "occupy(promise.node, promise.requests, Taker::promise, sign);", "(void)promise;",
           "cluster_test: StoreTest.APromiseHoldsRoomUntilItIsReleased"),
    Mutant("an instance of a terminating pod counts as free", "src/cluster/store.cc",
           "if (const base::Name node = occupied_node(pod); !node.empty()) {",
           "if (const base::Name node = occupied_node(pod); !node.empty() && !pod.terminating) {",
           "cluster_test: StoreTest.ATerminatingPodCountsUntilItIsGone"),
    Mutant("the least waste is reclaimed first", "src/decide/next_restore.cc",
           "return a.reclaimable < b.reclaimable;", "return b.reclaimable < a.reclaimable;",
           "decide_test: RestoreTest.TheMostWasteIsReclaimedFirst"),
    Mutant("a rule is withdrawn when the answer to its eviction is lost", "src/controller/mover.cc",
           "if (is_unknown_outcome(error.code())) {\n    const base::MonotonicTime patience",
           "if (is_unknown_outcome(error.code()) && false) {\n    const base::MonotonicTime patience",
           "controller_test: ControllerTest.ARuleOutlivesTheLostAnswerUntilTheSuccessorComes"),
]

PROTECTION = [
    Mutant("an owner's opt-out is ignored", "src/decide/opt_out.cc",
           "found[1] = {&owner->opt_outs,", "found[1] = {&none,",
           "decide_test: Eligible.TheFirstThingThatForbidsTheMoveIsNamed"),
    Mutant("a pod's opt-out is ignored", "src/decide/opt_out.cc",
           "{&pod.protection.opt_outs,", "{&none,",
           "decide_test: Eligible.TheFirstThingThatForbidsTheMoveIsNamed"),
    Mutant("a pod of a Job that counts it as failed is evicted", "src/decide/eligible.cc",
           "return owner->job ? check_job(*owner, pod, move) : EligibleReason::eligible;",
           "(void)move;\n  return EligibleReason::eligible;",
           "decide_test: Eligible.TheFirstThingThatForbidsTheMoveIsNamed"),
    Mutant("a cordoned node takes pods", "src/decide/fit.cc",
           "return FitReason::node_cordoned;\n  }\n  if", "return FitReason::fits;\n  }\n  if",
           "decide_test: Fit.ACordonedNodeFitsOnlyWhatToleratesTheCordon"),
]

ADMISSION = [
    Mutant("a rule is consumed in the webhook", "src/cluster/rule_view.cc",
           "found->second.claimed_until = until;", "found->second.claimed_until = until;\n  forget(rule_id);",
           "cluster_test: RuleView.AClaimThatNothingConfirmsReturnsByItself"),
    Mutant("a dry run claims the rule", "src/webhook/admission_handler.cc",
           "|| question.dry_run ||", "||",
           "webhook_test: AdmissionHandlerTest.ADryRunIsPatchedAndClaimsNothing"),
    Mutant("one rule serves two simultaneous reviews", "src/cluster/rule_view.cc",
           "if (found->second.claimed_until > now) return false;", "",
           "cluster_test: RuleView.AClaimHoldsTheRuleForOneReviewAlsoWhenTheRuleChanges"),
    Mutant("an expired rule still patches", "src/cluster/rule_view.cc",
           "return is_open(rule) && rule.expires > now;", "return is_open(rule) && now >= base::WallTime{};",
           "cluster_test: RuleView.AnExpiredRuleIsNeitherOfferedNorClaimed"),
    Mutant("a rule that a pod carries patches another", "src/cluster/rule.h",
           "return rule.status.phase <= RulePhase::awaiting;", "return rule.status.phase <= RulePhase::starting;",
           "cluster_test: RuleView.ARuleThatAPodCarriesOrThatFailedIsNeitherOfferedNorClaimed"),
    Mutant("only the limits are patched", "src/decide/admit.cc",
           "if (container.in_requests) rename_key", "if (false) rename_key",
           "decide_test: Admit.AMatchingRuleMovesTheKeyInBothMapsAndMarksThePod"),
]

WATCH = [
    Mutant("what vanished before a list stays known", "src/kube/watch/list_watch.cc",
           "for (const base::Name& key : gone) remove(key);", "",
           "kube_test: ListWatchTest.ListsAgainWhenTheWatchIsTooOld"),
    Mutant("an ERROR event of code 410 resumes the watch", "src/kube/watch/list_watch.cc",
           "return is_rejected_position(frame->status_code) ? start_over",
           "return false ? start_over",
           "kube_test: ListWatchTest.ListsAgainWhenTheWatchSaysWithinThatItIsTooOld"),
    Mutant("Retry-After is not honoured", "src/kube/watch/list_watch.cc",
           "if (asked && may_ask)", "if (asked && may_ask && false)",
           "kube_test: ListWatchTest.WaitsAsLongAsTheServerAsks"),
]

MUTANTS = WRITES + MOVES + PROTECTION + ADMISSION + WATCH
