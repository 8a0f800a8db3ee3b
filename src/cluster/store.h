// Applies what the watch reports to the snapshot, keeping every sum and index in step: one event
// costs no walk over the cluster.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "cluster/snapshot.h"

namespace migadapter::cluster {

/// The only writer of a Snapshot. Confined to one thread; a pod, node or owner that arrives again
/// replaces the former one. Objects may arrive in any order: a pod before its node is counted as
/// soon as the node appears.
class Store {
 public:
  explicit Store(SchedulerFacts scheduler = {}, Declared declared = {});

  const Snapshot& snapshot() const { return snapshot_; }

  /// REQUIRES: pod.constraints is not nullptr.
  void upsert(Pod pod);
  void remove_pod(const base::Name& uid);
  void upsert(Node node);
  void remove_node(const base::Name& name);
  void upsert(Owner owner);
  void remove_owner(const base::Name& uid);
  void upsert(Namespace name_space);
  void remove_namespace(const base::Name& name);
  void upsert(ResourceQuota quota);
  void upsert(LimitRange range);
  /// A ResourceQuota or a LimitRange.
  void remove_limit(const base::Name& uid);
  void upsert(DeviceClass device_class);
  void remove_device_class(const base::Name& name);
  /// Takes claims, volumes and drivers itself: nothing else depends on them.
  VolumeIndex& volumes() { return snapshot_.volumes_; }
  void upsert(Policy policy);
  void remove_policy(const base::Name& uid);

  /// Holds room for a pod to come. REQUIRES: no promise of that rule is held.
  void hold(Promise promise);
  /// Gives the room back; unknown rules are fine.
  void release(const std::string& rule_id);

 private:
  /// What is taken on a node that is not known (yet, or any more).
  struct Usage {
    ResourceList used;
    ResourceList promised;
    std::int64_t pods = 0;
  };
  /// Who takes room on a node: a pod that occupies it, or a promise.
  enum class Taker { pod, promise };

  void count_pod(const Pod& pod, int sign);
  void count_occupant(const Occupant& pod, int sign);
  void keep_occupant(Occupant pod);
  void count_demand(const Pod& pod, int sign);
  void count_rule(const std::string& rule_id, int sign);
  void occupy(const base::Name& node, const ResourceList& requests, Taker taker, int sign);
  void take(NodeState& state, const ResourceAmount& amount, Taker taker);
  void count_charge(const Occupant& pod, int sign);
  void index_node(const NodeState& state, int sign);
  void index_free(const NodeState& state, const base::Name& resource, int sign);
  void index_hardware(const NodeState& state, const base::Name& resource, int sign);
  base::Name hardware_of(const NodeState& state);
  bool promise_stands(const std::string& rule_id) const;

  Snapshot snapshot_;
  std::unordered_map<base::Name, Usage> usage_of_unknown_nodes_;
  std::set<base::Name> hardware_;  ///< every one seen, so that nodes alike share its text
  std::unordered_map<base::Name, base::Name> namespace_of_limit_;
};

}  // namespace migadapter::cluster
