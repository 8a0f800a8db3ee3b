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
      mover_({store_, doors_.rules, doors_.writer, doors_.inbox, doors_.clock, journal_},
             options_.seed),
      reports_(doors_.writer, doors_.clock),
      kinds_synced_(kube::kWatchedKindCount, false) {}

void Controller::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { doors_.inbox.push(Nudge{}); });
  base::Millis wait{0};
  while (!stop.stop_requested()) wait = step(doors_.inbox.take(wait));
}

base::Millis Controller::step(std::vector<Message> messages) {
  for (Message& message : messages) take_in(std::move(message));
  const HoldReason hold = update_gate();
  if (!is_blind(hold)) mover_.expire();
  if (hold != HoldReason::free_to_act) return kGateRetry;
  const base::MonotonicTime now = doors_.clock.monotonic();
  const bool due = changed_ || now >= next_resync_;
  if (due && now >= next_sweep_) sweep();
  return time_until_due();
}

base::Millis Controller::time_until_due() const {
  const base::MonotonicTime now = doors_.clock.monotonic();
  base::MonotonicTime due = changed_ ? next_sweep_ : next_resync_;
  if (const auto deadline = mover_.next_deadline()) due = std::min(due, *deadline);
  return std::max(due - now, base::Millis(0));
}

void Controller::take_in(Message message) {
  changed_ = changed_ || !is_heartbeat(message);
  if (auto* event = std::get_if<kube::ClusterEvent>(&message)) {
    take_in(std::move(*event));
  } else if (const auto* outcome = std::get_if<EvictionOutcome>(&message)) {
    mover_.eviction_answered(*outcome);
  }
}

void Controller::take_in(kube::ClusterEvent event) {
  if (auto* pod = std::get_if<cluster::Pod>(&event)) {
    const base::Name uid = pod->uid;
    store_.upsert(std::move(*pod));
    mover_.pod_changed(*store_.snapshot().find_pod(uid));
  } else if (auto* node = std::get_if<cluster::Node>(&event)) {
    store_.upsert(std::move(*node));
  } else if (auto* owner = std::get_if<cluster::Owner>(&event)) {
    store_.upsert(std::move(*owner));
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
      mover_.owner_removed(removed.key);
      return store_.remove_owner(removed.key);
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
  }
}

bool Controller::is_heartbeat(const Message& message) const {
  const auto* event = std::get_if<kube::ClusterEvent>(&message);
  const auto* node = event == nullptr ? nullptr : std::get_if<cluster::Node>(event);
  const cluster::NodeState* known =
      node == nullptr ? nullptr : store_.snapshot().find_node(node->name);
  return known != nullptr && known->node == *node;
}

HoldReason Controller::update_gate() {
  GateView view = doors_.gate();
  view.synced = synced_;
  const HoldReason hold = hold_reason(view, doors_.clock.monotonic());
  if (hold != last_hold_) journal_.gate_changed(hold);
  if (last_hold_ && is_blind(*last_hold_) && !is_blind(hold)) mover_.resume();
  last_hold_ = hold;
  return hold;
}

}  // namespace migadapter::controller
