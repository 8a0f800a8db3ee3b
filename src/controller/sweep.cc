// The controller's sweep: goes over every pod that could be moved, decides and acts.
#include <algorithm>
#include <tuple>
#include <utility>

#include "controller/controller.h"
#include "controller/limits.h"
#include "decide/budget.h"

namespace migadapter::controller {
namespace {

using cluster::RulePurpose;
using decide::PolicyState;

/// A pod that waits for a grant it lost may be given what it asked for at first.
RulePurpose purpose_of(const decide::Grant& grant) {
  return grant.grant == grant.demand ? RulePurpose::restore : RulePurpose::upgrade;
}

bool any_observes(const cluster::Snapshot& snapshot) {
  const auto& policies = snapshot.policies();
  return std::any_of(policies.begin(), policies.end(), [](const cluster::Policy& policy) {
    return decide::state_of(policy) == PolicyState::observing;
  });
}

}  // namespace

/// What is only observed comes last, so that it keeps no room from what is done.
void Controller::sweep() {
  const base::MonotonicTime begin = doors_.clock.monotonic();
  changed_ = false;
  resync_after_ = kResync;
  observed_.clear();
  mover_.begin_sweep();
  Refusals refusals;
  upgrade_waiting_pods(refusals);
  restore_upgraded_pods();
  if (any_observes(store_.snapshot())) {
    observe_waiting_pods(refusals);
    observe_upgraded_pods();
  }
  patience_.end_sweep();
  intents_.clear();
  if (last_hold_ == HoldReason::free_to_act) reports_.report(store_.snapshot(), observed_);
  const base::MonotonicTime end = doors_.clock.monotonic();
  next_sweep_ = end + kSweepPauseFactor * (end - begin);
  next_resync_ = end + resync_after_;
}

void Controller::sweep_again_after(base::Millis wait) {
  resync_after_ = std::min(resync_after_, std::max(wait, kShortestResync));
}

std::vector<base::Name> Controller::waiting_in_order() const {
  const cluster::Snapshot& snapshot = store_.snapshot();
  std::vector<const cluster::Pod*> pods;
  pods.reserve(snapshot.waiting().size());
  for (const base::Name& uid : snapshot.waiting()) pods.push_back(snapshot.find_pod(uid));
  std::sort(pods.begin(), pods.end(), [](const cluster::Pod* a, const cluster::Pod* b) {
    return std::tie(b->priority, a->created, a->uid) < std::tie(a->priority, b->created, b->uid);
  });
  std::vector<base::Name> uids;
  uids.reserve(pods.size());
  for (const cluster::Pod* pod : pods) uids.push_back(pod->uid);
  return uids;
}

decide::PodPolicy Controller::policy_of(const cluster::Pod& pod) const {
  return decide::policy_for(store_.snapshot(), pod, options_.restore);
}

/// Budgets limit what is done, not what is said of it.
decide::UpgradeDecision Controller::decide_upgrade(const cluster::Pod& pod,
                                                   const decide::PodPolicy& policy,
                                                   Refusals& refusals) {
  if (const decide::UpgradeDecision* refusal = refusals.find(pod)) return *refusal;
  decide::UpgradeDecision decision =
      decide::upgrade(store_.snapshot(), pod, policy, doors_.clock.wall());
  if (decision.grant && policy.state == PolicyState::enforcing) {
    const auto budget = decide::check_budgets(policy.budgets, mover_.uses(pod));
    if (budget != decide::BudgetReason::within_budgets) {
      decision.reason = decide::UpgradeReason::budget_spent;
      decision.grant.reset();
      decision.detail = to_string(budget);
    }
  }
  if (decision.wait) sweep_again_after(*decision.wait);
  if (!decision.grant) refusals.remember(pod, decision);
  return decision;
}

void Controller::upgrade_waiting_pods(Refusals& refusals) {
  for (const base::Name& uid : waiting_in_order()) {
    const cluster::Pod& pod = *store_.snapshot().find_pod(uid);
    if (pod.owner && !mover_.may_move(pod)) continue;
    const decide::PodPolicy policy = policy_of(pod);
    if (policy.state == PolicyState::observing) continue;
    const decide::UpgradeDecision decision = decide_upgrade(pod, policy, refusals);
    if (!decision.grant) {
      journal_.refused(pod, decision);
    } else if (!act(pod, *decision.grant, purpose_of(*decision.grant))) {
      return;
    }
  }
}

void Controller::observe_waiting_pods(Refusals& refusals) {
  for (const base::Name& uid : waiting_in_order()) {
    const cluster::Pod& pod = *store_.snapshot().find_pod(uid);
    const decide::PodPolicy policy = policy_of(pod);
    if (policy.state != PolicyState::observing) continue;
    const decide::UpgradeDecision decision = decide_upgrade(pod, policy, refusals);
    if (decision.grant) {
      note(pod, *decision.grant, purpose_of(*decision.grant), policy.policy);
    } else {
      journal_.refused(pod, decision);
    }
  }
}

/// The gate is asked again before each write: a sweep over a large cluster takes a while, and the
/// lease may run out meanwhile. False where no other pod needs to be looked at now: the gate is
/// shut or there is no room for another move, and the moves under way come first.
bool Controller::act(const cluster::Pod& pod, const decide::Grant& grant, RulePurpose purpose) {
  if (update_gate() != HoldReason::free_to_act || mover_.size() >= kMostMoves) return false;
  mover_.start(pod, grant, purpose);
  return true;
}

void Controller::note(const cluster::Pod& pod, const decide::Grant& grant, RulePurpose purpose,
                      const base::Name& policy) {
  decide::Observed& counts = observed_[policy];
  ++(purpose == RulePurpose::upgrade ? counts.upgrades : counts.restores);
  journal_.observed(pod, grant, purpose, policy);
  intents_.add(pod, grant);
}

/// A restore stops a pod that runs, so an owner has one at a time.
bool Controller::may_restore(const cluster::Pod& pod, PolicyState state) {
  if (intents_.has(pod.uid) || !mover_.may_move(pod)) return false;
  const decide::PodPolicy policy = policy_of(pod);
  if (policy.state != state) return false;
  if (state == PolicyState::observing) return true;
  const decide::BudgetUses uses = mover_.uses(pod);
  return uses.owner.concurrent == 0 &&
         decide::check_budgets(policy.budgets, uses) == decide::BudgetReason::within_budgets;
}

void Controller::restore_upgraded_pods() {
  const auto held = [this](const cluster::Pod& pod) {
    return !may_restore(pod, PolicyState::enforcing);
  };
  while (const auto next =
             decide::next_restore(store_.snapshot(), options_.restore, doors_.clock.wall(), held)) {
    const cluster::Pod& pod = *store_.snapshot().find_pod(next->pod_uid);
    const base::Millis hysteresis = policy_of(pod).restore.hysteresis;
    if (!patience_.is_over(pod.uid, hysteresis, doors_.clock.monotonic())) {
      intents_.add(pod, *next->decision.grant);
    } else if (!act(pod, *next->decision.grant, RulePurpose::restore)) {
      return;
    }
  }
  if (const auto due = patience_.next()) sweep_again_after(*due - doors_.clock.monotonic());
}

void Controller::observe_upgraded_pods() {
  const auto held = [this](const cluster::Pod& pod) {
    return !may_restore(pod, PolicyState::observing);
  };
  while (const auto next =
             decide::next_restore(store_.snapshot(), options_.restore, doors_.clock.wall(), held)) {
    const cluster::Pod& pod = *store_.snapshot().find_pod(next->pod_uid);
    note(pod, *next->decision.grant, RulePurpose::restore, policy_of(pod).policy);
  }
}

}  // namespace migadapter::controller
