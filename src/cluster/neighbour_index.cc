#include "cluster/neighbour_index.h"

#include <algorithm>
#include <set>

namespace migadapter::cluster {
namespace {

/// Puts the pod into the group of `key` or takes it out; empty groups are not kept.
template <typename Groups>
void count_in(Groups& groups, const typename Groups::key_type& key, const Occupant& pod, int sign) {
  if (sign > 0) {
    groups[key].push_back(&pod);
    return;
  }
  const auto group = groups.find(key);
  PodGroup& pods = group->second;
  *std::find(pods.begin(), pods.end(), &pod) = pods.back();
  pods.pop_back();
  if (pods.empty()) groups.erase(group);
}

/// The same one level deeper.
template <typename Maps, typename Key>
void count_in(Maps& maps, const base::Name& name, const Key& key, const Occupant& pod, int sign) {
  auto& groups = maps[name];
  count_in(groups, key, pod, sign);
  if (groups.empty()) maps.erase(name);
}

template <typename Map>
const typename Map::mapped_type& find_or_empty(const Map& map, const base::Name& key) {
  static const typename Map::mapped_type empty{};
  const auto found = map.find(key);
  return found == map.end() ? empty : found->second;
}

/// The namespaces that the terms name; the empty name where one selects them by label.
std::set<base::Name> reach_of(const std::vector<AffinityTerm>& terms) {
  std::set<base::Name> reach;
  for (const AffinityTerm& term : terms) {
    reach.insert(term.namespaces.begin(), term.namespaces.end());
    if (term.namespaces_by_label) reach.insert(base::Name());
  }
  return reach;
}

}  // namespace

void NeighbourIndex::count(const Occupant& pod, int sign) {
  const base::Name node = occupied_node(pod);
  if (node.empty()) return;
  count_in(by_namespace_, pod.name_space, pod.labels.get(), pod, sign);
  const Constraints& constraints = *pod.constraints;
  if (!constraints.host_ports.empty()) count_in(with_host_ports_, node, pod, sign);
  for (const base::Name& name_space : reach_of(constraints.anti_affinity)) {
    count_in(repelling_, name_space, pod.constraints.get(), pod, sign);
  }
}

const PodsByLabels& NeighbourIndex::in_namespace(const base::Name& name_space) const {
  return find_or_empty(by_namespace_, name_space);
}

const PodsByConstraints& NeighbourIndex::repelling(const base::Name& name_space) const {
  return find_or_empty(repelling_, name_space);
}

const PodGroup& NeighbourIndex::with_host_ports(const base::Name& node) const {
  return find_or_empty(with_host_ports_, node);
}

}  // namespace migadapter::cluster
