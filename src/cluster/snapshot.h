// The cluster as the watch last showed it, with the sums and indices that decisions ask for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cluster/declared.h"
#include "cluster/device_class.h"
#include "cluster/limit_range.h"
#include "cluster/namespace.h"
#include "cluster/neighbour_index.h"
#include "cluster/node.h"
#include "cluster/owner.h"
#include "cluster/pod.h"
#include "cluster/policy.h"
#include "cluster/quota.h"
#include "cluster/scheduler_facts.h"
#include "cluster/volume_index.h"

namespace migadapter::cluster {

/// A node with what is taken on it.
struct NodeState {
  Node node;
  const mig::GpuModel* model = nullptr;
  std::vector<NodeDevice> devices;  ///< see node_devices
  base::Name hardware;    ///< equal exactly where `model` and `devices` are; empty without
  ResourceList used;      ///< bound and not finished (terminating too), nominated, promised
  ResourceList promised;  ///< the promised part of `used`; MIG resources only
  std::int64_t pods = 0;  ///< how many pods those are

  /// What is left of the resource; negative when the node has shrunk under its pods.
  std::int64_t free(std::string_view resource) const {
    return node.allocatable.of(resource) - used.of(resource);
  }
};

/// What other pods may see of a pod that is to come.
struct PodToCome {
  base::Name name_space;
  std::shared_ptr<const Constraints> constraints;
  std::shared_ptr<const Labels> labels;
  base::Name replaces = {};  ///< the uid of the pod that goes for it
};

/// The successor of the pod, which is like it.
PodToCome successor_of(const Pod& pod);

/// Room held on a node for a pod to come, which will ask for `requests` there and carry the rule's
/// id. It counts on the node until it is released, but stands aside while a pod of that rule
/// occupies any node itself, so that the two are never counted twice.
struct Promise {
  std::string rule_id;
  base::Name node;
  ResourceList requests;
  /// Nothing where it is not known, as after a restart: it may then be anything to any pod.
  std::optional<PodToCome> pod = std::nullopt;
};

/// What an administrator has limited in one namespace, by uid.
struct NamespaceLimits {
  std::map<base::Name, ResourceQuota> quotas;
  std::map<base::Name, LimitRange> ranges;
};

/// What the unfinished pods of a namespace ask for together, and as "pods" how many they are.
using NamespaceCharge = std::map<QuotaClass, ResourceList>;

/// Orders nodes by how much of a resource is left, most first, then by name.
struct FreeNode {
  std::int64_t free = 0;
  base::Name node;
  friend bool operator==(const FreeNode&, const FreeNode&) = default;
  friend bool operator<(const FreeNode& a, const FreeNode& b) {
    return a.free != b.free ? a.free > b.free : a.node < b.node;
  }
};

/// Pods that seek a node and ask for a resource themselves, upgraded ones and those with a promise
/// apart: (priority, pod uid), highest priority first.
using NativeDemand = std::set<std::pair<std::int32_t, base::Name>, std::greater<>>;

/// Read access to the cluster. Valid until the store that owns it is changed; confined to the
/// store's thread.
class Snapshot {
 public:
  const Declared& declared() const { return declared_; }
  /// A pod that asks for MIG instances. Of all others only their room and their place among the
  /// neighbours are kept.
  const Pod* find_pod(const base::Name& uid) const;
  /// The pod that carries the rule's id, one with a node before one without; nullptr when there is
  /// none.
  const Pod* find_pod_by_rule(const std::string& rule_id) const;
  const Owner* find_owner(const base::Name& uid) const;
  const NodeState* find_node(const base::Name& name) const;
  const Namespace* find_namespace(const base::Name& name) const;
  /// Those that find_pod finds.
  const std::unordered_map<base::Name, Pod>& pods() const { return pods_; }
  const std::map<base::Name, NodeState>& nodes() const { return nodes_; }

  /// Nodes with at least one free instance of the MIG resource, most free first. Empty for other
  /// resources.
  const std::set<FreeNode>& nodes_with_free(const base::Name& resource) const;
  /// Every MIG resource of which some node has a free instance.
  std::vector<base::Name> resources_with_free() const;
  /// One node for every different NodeState::hardware that has a free instance of the resource:
  /// what holds for its devices holds for all alike.
  std::vector<const NodeState*> hardware_with_free(const base::Name& resource) const;
  /// Nodes that offer the resource at all (allocatable > 0), by name.
  const std::set<base::Name>& nodes_offering(const base::Name& resource) const;

  /// Pods that wait for capacity, by uid: Pod::waits_for_capacity and asking for a MIG resource.
  const std::set<base::Name>& waiting() const { return waiting_; }
  /// Upgraded pods that are bound and run (terminating or not), by uid.
  const std::set<base::Name>& upgraded() const { return upgraded_; }
  const NativeDemand& native_demand(const base::Name& resource) const;
  /// Instances of the resource that are asked for by pods, upgraded or not, that seek a node and
  /// have no promise of their own: what the scheduler may give away at any moment.
  std::int64_t unbound_demand(const base::Name& resource) const;
  /// Instances promised on nodes where others have taken them meanwhile: the scheduler places a pod
  /// where it likes, and whoever was promised the place comes to another, which no node shows as
  /// taken yet.
  std::int64_t displaced_promises(const base::Name& resource) const;

  const std::map<std::string, Promise>& promises() const { return promises_; }
  /// Whether a pod carries the rule, so that its promise is no longer of a pod to come.
  bool has_pod_of_rule(const std::string& rule_id) const { return pods_by_rule_.contains(rule_id); }

  /// Every policy, the one that comes first where several select a pod first: by priority, then by
  /// name.
  const std::vector<Policy>& policies() const { return policies_; }

  const NamespaceLimits& limits_in(const base::Name& name_space) const;
  const NamespaceCharge& charged_in(const base::Name& name_space) const;
  /// Who else is where.
  const NeighbourIndex& neighbours() const { return neighbours_; }
  const VolumeIndex& volumes() const { return volumes_; }
  /// The class of devices that serves the resource by claims; nullptr when none does.
  const DeviceClass* device_class_of(const base::Name& resource) const;
  const SchedulerFacts& scheduler() const { return scheduler_; }

 private:
  friend class Store;
  Declared declared_;

  /// By uid; a lookup needs nothing else.
  struct ByUid {
    using is_transparent = void;
    static const base::Name& uid_of(const Occupant& pod) { return pod.uid; }
    static const base::Name& uid_of(const base::Name& uid) { return uid; }
    template <typename Key>
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<base::Name>()(uid_of(key));
    }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return uid_of(a) == uid_of(b);
    }
  };

  std::unordered_map<base::Name, Pod> pods_;
  std::unordered_set<Occupant, ByUid, ByUid> other_pods_;
  std::unordered_map<base::Name, Owner> owners_;
  std::map<base::Name, NodeState> nodes_;
  std::unordered_map<base::Name, Namespace> namespaces_;
  std::map<base::Name, std::set<FreeNode>> free_by_resource_;
  /// Nodes with a free instance by resource and NodeState::hardware.
  std::map<base::Name, std::map<base::Name, std::set<base::Name>>> free_by_hardware_;
  std::map<base::Name, std::set<base::Name>> offering_by_resource_;
  std::set<base::Name> waiting_;
  std::set<base::Name> upgraded_;
  std::map<base::Name, NativeDemand> native_demand_;
  std::map<base::Name, std::int64_t> unbound_demand_;
  std::map<base::Name, std::int64_t> displaced_promises_;
  std::map<std::string, Promise> promises_;
  std::vector<Policy> policies_;
  std::unordered_map<std::string, std::set<base::Name>> pods_by_rule_;
  std::map<base::Name, NamespaceLimits> limits_;
  std::map<base::Name, NamespaceCharge> charged_;
  NeighbourIndex neighbours_;
  VolumeIndex volumes_;
  std::map<base::Name, DeviceClass> device_classes_;
  SchedulerFacts scheduler_;
};

}  // namespace migadapter::cluster
