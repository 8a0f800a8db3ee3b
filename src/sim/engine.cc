#include "sim/engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace migadapter::sim {
namespace {

WaitingLine::Turn turn_of(const Pod& pod, const Job& job) {
  return {job.priority, pod.id};
}

}  // namespace

Engine::Engine(EngineParts parts, EngineOptions options)
    : parts_(parts),
      options_(options),
      random_(options.seed),
      tally_(parts.workload.jobs),
      jobs_(parts.workload.jobs.size()) {
  for (std::size_t job = 0; job < jobs_.size(); ++job) {
    const Job& known = parts_.workload.jobs[job];
    jobs_[job].left_ms = static_cast<double>(known.run_time.count());
    events_.push(known.arrives, EventKind::arrival, static_cast<int>(job));
  }
}

Outcome Engine::run() {
  while (!events_.empty()) {
    const Event event = events_.pop();
    tally_.advance(event.at);
    now_ = event.at;
    handle(event);
    if (events_.empty() || events_.next_time() > now_) settle();
  }
  return std::move(tally_).close(parts_.inventory.units());
}

void Engine::handle(const Event& event) {
  const auto pod = [&]() -> Pod& { return pods_[static_cast<std::size_t>(event.subject)]; };
  switch (event.kind) {
    case EventKind::arrival:
      return arrive(event.subject);
    case EventKind::impatience:
      return lose_patience(event.subject);
    case EventKind::recreation:
      return recreate(event.subject);
    case EventKind::attempt:
      return attempt();
    case EventKind::start:
      return start(pod());
    case EventKind::finish:
      return finish(pod());
    case EventKind::termination:
      return end(pod());
    case EventKind::sweep:
      return sweep();
  }
}

void Engine::arrive(int job) {
  const Job& known = parts_.workload.jobs[static_cast<std::size_t>(job)];
  ++tally_.levels().present_jobs;
  ++tally_.levels().waiting_jobs;
  if (Adapter* adapter = news()) adapter->job_came(job);
  const bool substituted = options_.first_grant != kNoKind && known.demand.count > 0;
  create_pod(job, substituted ? options_.first_grant : known.demand.kind, -1);
  if (known.patience != kNever) {
    events_.push(now_ + known.patience, EventKind::impatience, job);
  }
}

void Engine::create_pod(int job, KindId grant, int move) {
  Pod pod;
  pod.id = static_cast<int>(pods_.size());
  pod.job = job;
  pod.grant = grant;
  pod.move = move;
  pod.created = now_;
  pods_.push_back(pod);
  jobs_[static_cast<std::size_t>(job)].pod = pod.id;
  line_.add(demand_of(pod, job_of(pod)), turn_of(pod, job_of(pod)));
  tell(pod);
  want_attempt();
}

/// Until the first node was found for it: whoever has begun to work stays.
void Engine::lose_patience(int job) {
  JobState& state = jobs_[static_cast<std::size_t>(job)];
  if (state.bound || state.gone) return;
  if (state.pod >= 0) drop(pods_[static_cast<std::size_t>(state.pod)]);
  tally_.job(job).left = now_;
  --tally_.levels().waiting_jobs;
  job_goes(job);
}

void Engine::job_goes(int job) {
  jobs_[static_cast<std::size_t>(job)].gone = true;
  --tally_.levels().present_jobs;
  if (Adapter* adapter = news()) adapter->job_went(job);
}

/// Takes a pod away that holds nothing.
void Engine::drop(Pod& pod) {
  MIGADAPTER_CHECK(pod.phase == PodPhase::waiting);
  line_.remove(demand_of(pod, job_of(pod)), turn_of(pod, job_of(pod)));
  pod.phase = PodPhase::gone;
  if (Adapter* adapter = news()) adapter->pod_gone(pod);
}

void Engine::attempt() {
  attempt_is_due_ = false;
  while (const auto next = line_.next()) {
    Pod& pod = pods_[static_cast<std::size_t>(*next)];
    const Demand demand = demand_of(pod, job_of(pod));
    if (auto place = find_place(parts_.placement, parts_.inventory, demand, random_)) {
      bind(pod, *std::move(place));
      continue;
    }
    for (const int refused : line_.rest(demand)) {
      Pod& told = pods_[static_cast<std::size_t>(refused)];
      told.unschedulable = true;
      tell(told);
    }
  }
}

void Engine::bind(Pod& pod, Place place) {
  line_.remove(demand_of(pod, job_of(pod)), turn_of(pod, job_of(pod)));
  parts_.inventory.take(place);
  pod.place = std::move(place);
  pod.phase = PodPhase::starting;
  JobState& state = state_of(pod);
  state.bound = true;
  Time delay = options_.delays.start;
  if (std::exchange(state.restarts, false)) delay += options_.delays.restart;
  if (partition_of(pod).makes_devices()) delay += options_.delays.device_creation;
  events_.push(now_ + delay, EventKind::start, pod.id);
  tell(pod);
}

void Engine::start(Pod& pod) {
  if (pod.phase != PodPhase::starting) return;  // evicted meanwhile
  pod.phase = PodPhase::running;
  pod.started = now_;
  JobOutcome& outcome = tally_.job(pod.job);
  if (!outcome.started) {
    outcome.started = now_;
    --tally_.levels().waiting_jobs;
  }
  tally_.levels().useful_slices += demanded_slices(pod);
  tell(pod);
  if (job_of(pod).run_time == kNever) return;
  const double needed = std::ceil(state_of(pod).left_ms / rate_of(pod));
  events_.push(now_ + Time(static_cast<Time::rep>(needed)), EventKind::finish, pod.id);
}

void Engine::finish(Pod& pod) {
  if (pod.phase != PodPhase::running) return;  // evicted meanwhile
  tally_.levels().useful_slices -= demanded_slices(pod);
  tally_.job(pod.job).finished = now_;
  end(pod);
  job_goes(pod.job);
}

/// The pod is over, and what it held is free.
void Engine::end(Pod& pod) {
  pod.phase = PodPhase::gone;
  parts_.inventory.give_back(pod.place);
  if (Adapter* adapter = news()) adapter->pod_gone(pod);
  line_.wake();
  want_attempt();
}

void Engine::sweep() {
  if (next_sweep_ != now_) return;  // another one came first
  next_sweep_.reset();
  for (const Move& move : parts_.adapter->sweep(now_)) evict(move);
  if (const auto deadline = parts_.adapter->next_deadline()) want_sweep(*deadline);
}

/// A pod that waits is gone at once; one that holds devices keeps them until its grace is over.
void Engine::evict(const Move& move) {
  Pod& pod = pods_[static_cast<std::size_t>(move.pod)];
  JobState& state = state_of(pod);
  MIGADAPTER_CHECK(state.pod == pod.id);
  state.pod = -1;
  state.next = move;
  if (pod.phase == PodPhase::waiting) {
    ++tally_.job(pod.job).upgrades;
    drop(pod);
  } else {
    ++tally_.job(pod.job).restores;
    interrupt(pod);
  }
  events_.push(now_ + options_.delays.recreation, EventKind::recreation, pod.id);
}

void Engine::interrupt(Pod& pod) {
  JobState& state = state_of(pod);
  if (pod.phase == PodPhase::running) {
    const auto worked_ms = static_cast<double>((now_ - pod.started).count());
    state.left_ms = std::max(0.0, state.left_ms - worked_ms * rate_of(pod));
    tally_.levels().useful_slices -= demanded_slices(pod);
    ++tally_.job(pod.job).restarts;
  }
  state.restarts = true;
  pod.phase = PodPhase::terminating;
  events_.push(now_ + options_.delays.termination, EventKind::termination, pod.id);
  tell(pod);
}

void Engine::recreate(int old_pod) {
  const int job = pods_[static_cast<std::size_t>(old_pod)].job;
  const JobState& state = jobs_[static_cast<std::size_t>(job)];
  if (!state.gone) create_pod(job, state.next.grant, state.next.id);
}

/// Whom to tell what just happened; nullptr where nobody cares.
Adapter* Engine::news() {
  if (parts_.adapter != nullptr) want_sweep(now_ + options_.delays.adapter);
  return parts_.adapter;
}

void Engine::tell(const Pod& pod) {
  if (Adapter* adapter = news()) adapter->pod_changed(pod);
}

void Engine::want_attempt() {
  if (std::exchange(attempt_is_due_, true)) return;
  events_.push(now_ + options_.delays.scheduling, EventKind::attempt, 0);
}

void Engine::want_sweep(Time at) {
  if (next_sweep_ && *next_sweep_ <= at) return;
  next_sweep_ = at;
  events_.push(at, EventKind::sweep, 0);
}

void Engine::settle() {
  Quantities& levels = tally_.levels();
  levels.allocated_slices = parts_.inventory.units() - parts_.inventory.free_units();
  levels.unusable_slices = parts_.inventory.unusable_units();
  levels.blocked_jobs = blocked_jobs();
  if (parts_.witness != nullptr) parts_.witness->settled(now_, parts_.inventory);
}

std::int64_t Engine::blocked_jobs() const {
  const Partition& partition = *parts_.inventory.nodes().front().partition;
  std::int64_t blocked = 0;
  for (const auto& [demand, group] : line_.groups()) {
    if (!group.rests || demand.count == 0) continue;
    const int wanted = demand.count * partition.units_of(demand.kind);
    if (wanted <= parts_.inventory.free_units()) blocked += std::ssize(group.turns);
  }
  return blocked;
}

const Job& Engine::job_of(const Pod& pod) const {
  return parts_.workload.jobs[static_cast<std::size_t>(pod.job)];
}

const Partition& Engine::partition_of(const Pod& pod) const {
  return *parts_.inventory.nodes()[static_cast<std::size_t>(pod.place.node)].partition;
}

/// How fast the job works in this pod, relative to the device that it asks for.
double Engine::rate_of(const Pod& pod) const {
  const Job& job = job_of(pod);
  if (job.demand.count == 0 || pod.grant == job.demand.kind) return 1;
  const Partition& partition = partition_of(pod);
  return job.curve.at(partition.compute_share(pod.grant)) /
         job.curve.at(partition.compute_share(job.demand.kind));
}

std::int64_t Engine::demanded_slices(const Pod& pod) const {
  const Demand& demand = job_of(pod).demand;
  return demand.count == 0 ? 0 : demand.count * partition_of(pod).units_of(demand.kind);
}

}  // namespace migadapter::sim
