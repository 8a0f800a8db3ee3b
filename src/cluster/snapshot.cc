#include "cluster/snapshot.h"

namespace migadapter::cluster {
namespace {

template <typename Map, typename Key>
const typename Map::mapped_type* find_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

/// The entry of `key`, or an empty value that lives as long as the program.
template <typename Map>
const typename Map::mapped_type& find_or_empty(const Map& map, const base::Name& key) {
  static const typename Map::mapped_type empty{};
  const auto* found = find_in(map, key);
  return found == nullptr ? empty : *found;
}

}  // namespace

PodToCome successor_of(const Pod& pod) {
  return {pod.name_space, pod.constraints, pod.labels, pod.uid};
}

const Pod* Snapshot::find_pod(const base::Name& uid) const {
  return find_in(pods_, uid);
}

const Pod* Snapshot::find_pod_by_rule(const std::string& rule_id) const {
  const auto uids = pods_by_rule_.find(rule_id);
  const Pod* found = nullptr;
  if (uids == pods_by_rule_.end()) return found;
  for (const base::Name& uid : uids->second) {
    const Pod& pod = pods_.at(uid);
    if (found == nullptr || (pod.bound() && !found->bound())) found = &pod;
  }
  return found;
}

const Owner* Snapshot::find_owner(const base::Name& uid) const {
  return find_in(owners_, uid);
}

const NodeState* Snapshot::find_node(const base::Name& name) const {
  return find_in(nodes_, name);
}

const Namespace* Snapshot::find_namespace(const base::Name& name) const {
  return find_in(namespaces_, name);
}

const DeviceClass* Snapshot::device_class_of(const base::Name& resource) const {
  for (const auto& [name, device_class] : device_classes_) {
    if (device_class.extended_resource == resource) return &device_class;
  }
  return nullptr;
}

const std::set<FreeNode>& Snapshot::nodes_with_free(const base::Name& resource) const {
  return find_or_empty(free_by_resource_, resource);
}

std::vector<base::Name> Snapshot::resources_with_free() const {
  std::vector<base::Name> resources;
  resources.reserve(free_by_resource_.size());
  for (const auto& [resource, nodes] : free_by_resource_) resources.push_back(resource);
  return resources;
}

std::vector<const NodeState*> Snapshot::hardware_with_free(const base::Name& resource) const {
  std::vector<const NodeState*> examples;
  for (const auto& [hardware, nodes] : find_or_empty(free_by_hardware_, resource)) {
    examples.push_back(find_node(*nodes.begin()));
  }
  return examples;
}

const std::set<base::Name>& Snapshot::nodes_offering(const base::Name& resource) const {
  return find_or_empty(offering_by_resource_, resource);
}

const NativeDemand& Snapshot::native_demand(const base::Name& resource) const {
  return find_or_empty(native_demand_, resource);
}

std::int64_t Snapshot::unbound_demand(const base::Name& resource) const {
  return find_or_empty(unbound_demand_, resource);
}

std::int64_t Snapshot::displaced_promises(const base::Name& resource) const {
  return find_or_empty(displaced_promises_, resource);
}

const NamespaceLimits& Snapshot::limits_in(const base::Name& name_space) const {
  return find_or_empty(limits_, name_space);
}

const NamespaceCharge& Snapshot::charged_in(const base::Name& name_space) const {
  return find_or_empty(charged_, name_space);
}

}  // namespace migadapter::cluster
