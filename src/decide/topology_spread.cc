#include "decide/topology_spread.h"

#include <algorithm>

#include "decide/placement_rules.h"

namespace migadapter::decide {

using cluster::Constraints;
using cluster::Node;
using cluster::Pod;
using cluster::Snapshot;
using cluster::SpreadConstraint;

namespace {

const cluster::Labels& labels_of(const cluster::Labels* labels) {
  static const cluster::Labels none;
  return labels == nullptr ? none : *labels;
}

/// The least that one domain has. Where there are too few domains, the ones to come count as empty.
template <typename Domains>
std::int64_t least(const Domains& domains, std::int64_t min_domains) {
  if (domains.empty() || static_cast<std::int64_t>(domains.size()) < min_domains) return 0;
  return std::min_element(
             domains.begin(), domains.end(),
             [](const auto& a, const auto& b) { return a.second.sure < b.second.sure; })
      ->second.sure;
}

}  // namespace

TopologySpread::TopologySpread(const Snapshot& snapshot, const Pod& pod)
    : snapshot_(snapshot), pod_(pod) {
  for (const SpreadConstraint& spread : pod.constraints->spread) {
    domains_.push_back(domains_of(spread));
  }
}

/// A node without one of the keys counts for none of the constraints.
bool TopologySpread::has_all_keys(const Node& node) const {
  const auto& spreads = pod_.constraints->spread;
  return std::all_of(spreads.begin(), spreads.end(), [&node](const SpreadConstraint& spread) {
    return cluster::find_label(node.labels, spread.topology_key.view()) != nullptr;
  });
}

bool TopologySpread::is_eligible(const SpreadConstraint& spread, const Node& node) const {
  const Constraints& own = *pod_.constraints;
  if (spread.honours_node_affinity && !matches_placement(own, node)) return false;
  return !spread.honours_taints || tolerates_node(own.tolerations, node);
}

TopologySpread::Domains TopologySpread::domains_of(const SpreadConstraint& spread) const {
  Domains domains;
  for (const auto& [name, state] : snapshot_.nodes()) {
    if (!has_all_keys(state.node) || !is_eligible(spread, state.node)) continue;
    domains.try_emplace(*cluster::find_label(state.node.labels, spread.topology_key.view()));
  }
  count_pods(spread, domains);
  return domains;
}

/// Terminating pods do not count, hence neither does the pod's own predecessor. By the scheduler's
/// book, an empty selector selects no pod that is there already.
void TopologySpread::count_pods(const SpreadConstraint& spread, Domains& domains) const {
  if (spread.pods.selects_everything()) return;
  for (const auto& [labels, pods] : snapshot_.neighbours().in_namespace(pod_.name_space)) {
    if (!selects(spread.pods, labels_of(labels))) continue;
    for (const cluster::Occupant* other : pods) {
      const cluster::NodeState* state = snapshot_.find_node(cluster::occupied_node(*other));
      if (other->uid == pod_.uid || other->terminating || state == nullptr) continue;
      if (!has_all_keys(state->node) || !is_eligible(spread, state->node)) continue;
      Count& count = domains[*cluster::find_label(state->node.labels, spread.topology_key.view())];
      ++(other->bound() ? count.sure : count.maybe);
    }
  }
}

bool TopologySpread::allows(const SpreadConstraint& spread, const Domains& domains,
                            const base::Name& value) const {
  const std::int64_t self = selects(spread.pods, cluster::labels_of(pod_)) ? 1 : 0;
  const auto found = domains.find(value);
  const Count here = found == domains.end() ? Count{} : found->second;
  return here.sure + here.maybe + self - least(domains, spread.min_domains) <= spread.max_skew;
}

bool TopologySpread::allows(const Node& node) const {
  const auto& spreads = pod_.constraints->spread;
  for (std::size_t index = 0; index < spreads.size(); ++index) {
    const base::Name* value = cluster::find_label(node.labels, spreads[index].topology_key.view());
    if (value == nullptr || !allows(spreads[index], domains_[index], *value)) return false;
  }
  return true;
}

}  // namespace migadapter::decide
