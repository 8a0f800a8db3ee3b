#include "controller/controller.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "controller/limits.h"

namespace migadapter::controller {
Controller::Controller(ControllerDoors doors, ControllerOptions options)
    : doors_(std::move(doors)),
      options_(std::move(options)),
      store_(options_.scheduler, options_.declared),
      journal_(doors_.writer, doors_.clock, doors_.log),
      mover_({store_, doors_.writer, doors_.rule_writer, doors_.inbox, doors_.clock, doors_.log,
              journal_, [this] { return update_gate(); }},
             options_.mover),
      reports_(doors_.writer, doors_.clock),
      kinds_synced_(kube::kWatchedKindCount, false) {}

void Controller::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { doors_.inbox.push(Nudge{}); });
  base::Millis wait{0};
  while (!stop.stop_requested()) wait = step(doors_.inbox.take(wait));
}

base::Millis Controller::step(std::vector<Message> messages) {
  look_after_pause();
  for (Message& message : messages) take_in(std::move(message));
  follow_lease();
  const HoldReason hold = update_gate();
  if (acting_ && !is_blind(hold)) mover_.expire();
  if (acting_) mover_.act();
  const base::MonotonicTime now = doors_.clock.monotonic();
  const bool due = changed_ || now >= next_resync_;
  if (hold == HoldReason::free_to_act && due && now >= next_sweep_) sweep();
  return time_until_due(hold);
}

/// The lease is looked at well before it would lapse, so that a look which finds it lapsed means
/// that it was.
base::Millis Controller::time_until_due(HoldReason hold) const {
  const base::MonotonicTime now = doors_.clock.monotonic();
  if (hold != HoldReason::free_to_act) return kGateRetry;
  base::MonotonicTime due = changed_ ? next_sweep_ : next_resync_;
  if (const auto deadline = mover_.next_deadline()) due = std::min(due, *deadline);
  due = std::min(due, now + (leader_until_ - now) / 2);
  return std::max(due - now, base::Millis(0));
}

/// Who did not look for a while, because the process stood still, has seen no replica renew its
/// Lease, and must not take them for dead.
void Controller::look_after_pause() {
  const base::MonotonicTime now = doors_.clock.monotonic();
  if (now - last_step_ >= kLongPause) mover_.replicas().reprieve(now);
  last_step_ = now;
}

/// Whether the lease is lost, or was at any moment since it was looked at last: another process may
/// have acted meanwhile.
bool Controller::was_deposed(const GateView& view) const {
  const base::MonotonicTime now = doors_.clock.monotonic();
  return acting_ && (!leads(view, now) || now >= leader_until_);
}

void Controller::follow_lease() {
  const GateView view = doors_.gate();
  if (was_deposed(view)) {
    acting_ = false;
    mover_.step_down();
    doors_.on_deposed();
  }
  if (view.leader_until) leader_until_ = *view.leader_until;
  if (acting_ || !may_write(update_gate())) return;
  acting_ = true;
  mover_.take_over();
}

void Controller::take_in(Message message) {
  changed_ = changed_ || !is_heartbeat(message);
  if (auto* event = std::get_if<kube::ClusterEvent>(&message)) {
    take_in(std::move(*event));
  } else if (const auto* outcome = std::get_if<EvictionOutcome>(&message)) {
    mover_.answered(*outcome);
  } else if (const auto* written = std::get_if<RuleOutcome>(&message)) {
    mover_.answered(*written);
  }
}

void Controller::take_in(kube::ClusterEvent event) {
  if (auto* pod = std::get_if<cluster::Pod>(&event)) {
    take_in(std::move(*pod));
  } else if (auto* node = std::get_if<cluster::Node>(&event)) {
    store_.upsert(std::move(*node));
  } else if (auto* owner = std::get_if<cluster::Owner>(&event)) {
    take_in(std::move(*owner));
  } else if (const auto* rule = std::get_if<cluster::Rule>(&event)) {
    mover_.rule_changed(*rule);
  } else if (const auto* replica = std::get_if<cluster::Replica>(&event)) {
    mover_.replicas().changed(*replica, doors_.clock.monotonic());
  } else if (auto* quota = std::get_if<cluster::ResourceQuota>(&event)) {
    store_.upsert(std::move(*quota));
  } else if (auto* range = std::get_if<cluster::LimitRange>(&event)) {
    store_.upsert(std::move(*range));
  } else if (auto* name_space = std::get_if<cluster::Namespace>(&event)) {
    store_.upsert(std::move(*name_space));
  } else if (auto* policy = std::get_if<cluster::Policy>(&event)) {
    store_.upsert(std::move(*policy));
  } else if (auto* claim = std::get_if<cluster::VolumeClaim>(&event)) {
    store_.volumes().upsert(std::move(*claim));
  } else if (auto* volume = std::get_if<cluster::Volume>(&event)) {
    store_.volumes().upsert(std::move(*volume));
  } else if (auto* drivers = std::get_if<cluster::VolumeDrivers>(&event)) {
    store_.volumes().upsert(std::move(*drivers));
  } else if (auto* device_class = std::get_if<cluster::DeviceClass>(&event)) {
    store_.upsert(std::move(*device_class));
  } else if (const auto* removed = std::get_if<kube::Removed>(&event)) {
    remove(*removed);
  } else if (const auto* kind = std::get_if<kube::Synced>(&event)) {
    kinds_synced_[static_cast<std::size_t>(kind->kind)] = true;
    synced_ = std::all_of(kinds_synced_.begin(), kinds_synced_.end(), std::identity());
  }
}

void Controller::take_in(cluster::Pod pod) {
  const base::Name uid = pod.uid;
  store_.upsert(std::move(pod));
  if (const cluster::Pod* kept = store_.snapshot().find_pod(uid)) mover_.pod_changed(*kept);
}

void Controller::take_in(cluster::Owner owner) {
  mover_.owner_changed(owner);
  store_.upsert(std::move(owner));
}

void Controller::remove_owner(const base::Name& uid) {
  mover_.owner_removed(uid);
  store_.remove_owner(uid);
}

void Controller::remove(const kube::Removed& removed) {
  switch (removed.kind) {
    case kube::WatchedKind::pods:
      if (const cluster::Pod* pod = store_.snapshot().find_pod(removed.key))
        mover_.pod_removed(*pod);
      return store_.remove_pod(removed.key);
    case kube::WatchedKind::nodes:
      return store_.remove_node(removed.key);
    case kube::WatchedKind::replica_sets:
    case kube::WatchedKind::stateful_sets:
    case kube::WatchedKind::replication_controllers:
    case kube::WatchedKind::jobs:
      return remove_owner(removed.key);
    case kube::WatchedKind::resource_quotas:
    case kube::WatchedKind::limit_ranges:
      return store_.remove_limit(removed.key);
    case kube::WatchedKind::namespaces:
      return store_.remove_namespace(removed.key);
    case kube::WatchedKind::mig_policies:
      reports_.forget(removed.key);
      return store_.remove_policy(removed.key);
    case kube::WatchedKind::persistent_volume_claims:
      return store_.volumes().remove_claim(removed.key);
    case kube::WatchedKind::persistent_volumes:
      return store_.volumes().remove_volume(removed.key);
    case kube::WatchedKind::csi_nodes:
      return store_.volumes().remove_drivers(removed.key);
    case kube::WatchedKind::device_classes:
      return store_.remove_device_class(removed.key);
    case kube::WatchedKind::mig_rules:
      return mover_.rule_removed(removed.key);
    case kube::WatchedKind::replicas:
      return mover_.replicas().removed(removed.key);
  }
}

bool Controller::is_heartbeat(const Message& message) const {
  const auto* event = std::get_if<kube::ClusterEvent>(&message);
  if (event != nullptr && (std::holds_alternative<cluster::Replica>(*event) ||
                           std::holds_alternative<kube::Reported>(*event)))
    return true;
  const auto* node = event == nullptr ? nullptr : std::get_if<cluster::Node>(event);
  const cluster::NodeState* known =
      node == nullptr ? nullptr : store_.snapshot().find_node(node->name);
  return known != nullptr && known->node == *node;
}

HoldReason Controller::update_gate() {
  GateView view = doors_.gate();
  const base::MonotonicTime now = doors_.clock.monotonic();
  view.synced = synced_;
  view.replica_lives = mover_.replicas().any_lives(now);
  const HoldReason hold = hold_reason(view, now);
  if (hold != last_hold_) journal_.gate_changed(hold);
  if (last_hold_ && is_blind(*last_hold_) && !is_blind(hold)) mover_.resume();
  last_hold_ = hold;
  return hold;
}

}  // namespace migadapter::controller
