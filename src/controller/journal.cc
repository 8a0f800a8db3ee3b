#include "controller/journal.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace migadapter::controller {
namespace {

std::string_view verb(const Move& move) {
  return move.rule.purpose == cluster::RulePurpose::upgrade ? "upgrade" : "restore";
}

std::string old_pod_name(const Move& move) {
  return fmt::format("{}/{}", move.rule.name_space.view(), move.rule.old_pod.name);
}

/// Not those after which the pod is as it was and is decided about anew, through nobody's fault.
bool is_worth_an_event(MoveFailure failure) {
  return failure != MoveFailure::pod_changed && failure != MoveFailure::not_needed;
}

/// Reasons that concern the scheduler or a passing state, not something a user could change.
bool is_worth_an_event(decide::UpgradeReason reason) {
  switch (reason) {
    case decide::UpgradeReason::upgraded:
    case decide::UpgradeReason::not_waiting:
    case decide::UpgradeReason::nominated:
    case decide::UpgradeReason::fits_now:
      return false;
    default:
      return true;
  }
}

std::string refusal_text(const decide::UpgradeDecision& decision) {
  std::string text(decide::explain(decision.reason));
  if (decision.reason == decide::UpgradeReason::not_eligible)
    text = decide::explain(decision.eligible);
  if (decision.reason == decide::UpgradeReason::limited_namespace)
    text = decide::explain(decision.limit);
  if (!decision.detail.empty()) text += ": " + decision.detail;
  return text;
}

}  // namespace

std::string start_text(const cluster::Rule& rule) {
  if (rule.purpose == cluster::RulePurpose::upgrade) {
    return fmt::format(
        "No {} is free for the pod; restarting it so that it can run on {} (node {} has one free)",
        rule.demand_resource.view(), rule.grant_resource.view(), rule.node.view());
  }
  return fmt::format("{} is free on node {}; restarting the pod so that it needs no larger one",
                     rule.grant_resource.view(), rule.node.view());
}

std::string_view to_string(MoveFailure failure) {
  switch (failure) {
    case MoveFailure::pod_changed:
      return "PodChanged";
    case MoveFailure::not_recorded:
      return "NotRecorded";
    case MoveFailure::not_published:
      return "NotPublished";
    case MoveFailure::not_needed:
      return "NotNeeded";
    case MoveFailure::rule_deleted:
      return "RuleDeleted";
    case MoveFailure::not_evicted:
      return "NotEvicted";
    case MoveFailure::refused:
      return "Refused";
    case MoveFailure::not_recreated:
      return "NotRecreated";
    case MoveFailure::not_placed:
      return "NotPlaced";
    case MoveFailure::pod_failed:
      return "PodFailed";
    case MoveFailure::refused_by_kubelet:
      return "RefusedByKubelet";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

std::string_view explain(MoveFailure failure) {
  switch (failure) {
    case MoveFailure::pod_changed:
      return "The pod changed or went away before it was evicted; it is decided about anew.";
    case MoveFailure::not_recorded:
      return "The API server did not take the MigRule, so nothing was evicted; see its answer.";
    case MoveFailure::not_published:
      return "A replica of the webhook did not say in time that it serves the MigRule, so nothing "
             "was "
             "evicted; look at the replica's log.";
    case MoveFailure::not_needed:
      return "What the move was decided on no longer holds: the pod fits as it is, must be left "
             "alone, its owner wants fewer pods, or the room was taken.";
    case MoveFailure::rule_deleted:
      return "The MigRule was deleted, so the move is given up.";
    case MoveFailure::not_evicted:
      return "The answer to the eviction was lost and the pod is still as it was; it is decided "
             "about "
             "anew.";
    case MoveFailure::refused:
      return "The API server refused the eviction; see its answer, often a PodDisruptionBudget's.";
    case MoveFailure::not_recreated:
      return "No new pod patched by the webhook appeared in time; look at the owner's events and "
             "at "
             "other webhooks. The owner waits longer before each next try.";
    case MoveFailure::not_placed:
      return "The scheduler found no node for the new pod in time; look at the pod's events. The "
             "owner waits longer before each next try.";
    case MoveFailure::pod_failed:
      return "The new pod was gone before it had a node; the owner waits longer before each next "
             "try.";
    case MoveFailure::refused_by_kubelet:
      return "The new pod had a node and failed before it ran, often with UnexpectedAdmissionError "
             "because the device was taken; the owner waits longer before each next try.";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

void Journal::gate_changed(HoldReason reason) {
  if (reason == HoldReason::free_to_act) {
    log_.info("acting on decisions");
  } else {
    log_.warning("not evicting any pod",
                 {{"reason", to_string(reason)}, {"explanation", explain(reason)}});
  }
}

void Journal::started(const Move& move) {
  log_.debug("writing a rule", {{"move", verb(move)},
                                {"pod", old_pod_name(move)},
                                {"demand", move.rule.demand_resource.view()},
                                {"grant", move.rule.grant_resource.view()},
                                {"node", move.rule.node.view()},
                                {"rule", move.rule.id}});
}

void Journal::evicting(const Move& move) {
  const cluster::Rule& rule = move.rule;
  figures_.evictions.add(verb(move));
  log_.info("evicting pod", {{"move", verb(move)},
                             {"pod", old_pod_name(move)},
                             {"demand", rule.demand_resource.view()},
                             {"grant", rule.grant_resource.view()},
                             {"node", rule.node.view()},
                             {"rule", rule.id}});
  const bool upgrade = rule.purpose == cluster::RulePurpose::upgrade;
  writer_.record({rule.name_space, rule.old_pod.name, rule.old_pod.uid, false,
                  upgrade ? "Upgrading" : "Restoring", rule.reason});
}

void Journal::carried_on(const Move& move) {
  log_.info("carrying on with a move", {{"move", verb(move)},
                                        {"pod", old_pod_name(move)},
                                        {"phase", to_string(move.phase)},
                                        {"rule", move.rule.id}});
}

void Journal::discarded(const cluster::Rule& rule, Standing standing) {
  log_.info("deleting a rule of another process", {{"namespace", rule.name_space.view()},
                                                   {"pod", rule.old_pod.name},
                                                   {"standing", to_string(standing)},
                                                   {"rule", rule.id}});
}

void Journal::confirmed(const cluster::Pod& new_pod, const Move& move) {
  figures_.outcomes.add("Confirmed");
  log_.info("pod is placed", {{"move", verb(move)},
                              {"pod", full_name(new_pod)},
                              {"node", new_pod.node.view()},
                              {"rule", move.rule.id}});
  const bool upgrade = move.rule.purpose == cluster::RulePurpose::upgrade;
  const std::string message =
      fmt::format("Asked for {}, runs on {} in place of pod {}", move.rule.demand_resource.view(),
                  move.rule.grant_resource.view(), move.rule.old_pod.name);
  writer_.record({new_pod.name_space, new_pod.name, new_pod.uid, false,
                  upgrade ? "Upgraded" : "Restored", message});
}

void Journal::ended(const Move& move, MoveFailure failure, std::string_view detail) {
  figures_.outcomes.add(to_string(failure));
  log_.warning("move ended without success", {{"move", verb(move)},
                                              {"pod", old_pod_name(move)},
                                              {"reason", to_string(failure)},
                                              {"explanation", explain(failure)},
                                              {"detail", detail},
                                              {"rule", move.rule.id}});
  if (!is_worth_an_event(failure) || !event_allowed()) return;
  const bool upgrade = move.rule.purpose == cluster::RulePurpose::upgrade;
  std::string message(explain(failure));
  if (!detail.empty()) message += fmt::format(" ({})", detail);
  const cluster::OldPod& pod = move.rule.old_pod;
  writer_.record({move.rule.name_space, pod.name, pod.uid, true,
                  upgrade ? "UpgradeFailed" : "RestoreFailed", message});
}

void Journal::refused(const cluster::Pod& pod, const decide::UpgradeDecision& decision) {
  const auto [place, is_new] = said_.try_emplace(pod.uid, decision.reason);
  if (!is_new && place->second == decision.reason) return;
  if (is_worth_an_event(decision.reason) && !event_allowed()) {
    said_.erase(place);  // said as soon as there is room for an Event again
    return;
  }
  place->second = decision.reason;
  figures_.refusals.add(to_string(decision.reason));
  log_.debug("pod stays as it is", {{"pod", full_name(pod)},
                                    {"reason", to_string(decision.reason)},
                                    {"explanation", refusal_text(decision)}});
  if (!is_worth_an_event(decision.reason)) return;
  writer_.record({pod.name_space, pod.name, pod.uid, false, "NotUpgraded", refusal_text(decision)});
}

void Journal::observed(const cluster::Pod& pod, const decide::Grant& grant,
                       cluster::RulePurpose purpose, const base::Name& policy) {
  const auto known = observed_.find(pod.uid);
  if (known != observed_.end() && known->second == grant.grant) return;
  if (!event_allowed()) return;
  observed_.insert_or_assign(pod.uid, grant.grant);
  const bool upgrade = purpose == cluster::RulePurpose::upgrade;
  log_.info("pod would be moved", {{"move", upgrade ? "upgrade" : "restore"},
                                   {"pod", full_name(pod)},
                                   {"policy", policy.view()},
                                   {"demand", grant.demand.view()},
                                   {"grant", grant.grant.view()},
                                   {"node", grant.node.view()}});
  writer_.record(
      {pod.name_space, pod.name, pod.uid, false, upgrade ? "WouldUpgrade" : "WouldRestore",
       fmt::format("Policy {} only observes: the pod, which asked for {}, would be "
                   "restarted to run on {} (node {} has one free)",
                   policy.view(), grant.demand.view(), grant.grant.view(), grant.node.view())});
}

bool Journal::event_allowed() {
  const base::MonotonicTime now = clock_.monotonic();
  const auto earned = (now - events_refilled_) / kEventInterval;
  if (earned > 0) {
    events_left_ = static_cast<int>(std::min<std::int64_t>(kEventBurst, events_left_ + earned));
    events_refilled_ = now;
  }
  if (events_left_ == 0) return false;
  --events_left_;
  return true;
}

}  // namespace migadapter::controller
