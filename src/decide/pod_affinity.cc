#include "decide/pod_affinity.h"

#include <algorithm>
#include <functional>

#include "decide/presence.h"

namespace migadapter::decide {
namespace {

using cluster::AffinityTerm;
using cluster::Labels;
using cluster::Node;
using cluster::Occupant;
using cluster::Pod;
using cluster::PodGroup;
using cluster::Snapshot;

const Labels& labels_of(const Labels* labels) {
  static const Labels none;
  return labels == nullptr ? none : *labels;
}

using Visit = std::function<void(const base::Name& name_space, const Labels&, const PodGroup&)>;

void visit_namespace(const Snapshot& snapshot, const base::Name& name_space, const Visit& visit) {
  for (const auto& [labels, pods] : snapshot.neighbours().in_namespace(name_space)) {
    visit(name_space, labels_of(labels), pods);
  }
}

/// The groups of pods alike in the namespaces that the term may speak of.
void for_each_group(const Snapshot& snapshot, const AffinityTerm& term, const Visit& visit) {
  if (!term.namespaces_by_label) {
    for (const base::Name& name_space : term.namespaces) {
      visit_namespace(snapshot, name_space, visit);
    }
    return;
  }
  for (const auto& [name_space, groups] : snapshot.neighbours().by_namespace()) {
    visit_namespace(snapshot, name_space, visit);
  }
}

bool matches_all(const Snapshot& snapshot, const std::vector<AffinityTerm>& terms,
                 const base::Name& name_space, const Labels& labels) {
  return std::all_of(terms.begin(), terms.end(), [&](const AffinityTerm& term) {
    return concerns(snapshot, term, name_space, labels);
  });
}

bool share_topology(const Node& a, const Node& b, const base::Name& key) {
  const base::Name* value = cluster::find_label(a.labels, key.view());
  const base::Name* other = cluster::find_label(b.labels, key.view());
  return value != nullptr && other != nullptr && *value == *other;
}

}  // namespace

PodAffinity::PodAffinity(const Snapshot& snapshot, const Pod& pod)
    : snapshot_(snapshot), pod_(pod) {
  find_company();
  keep_off_matching_pods();
  keep_off_where_repelled(snapshot.neighbours().repelling(pod.name_space));
  keep_off_where_repelled(snapshot.neighbours().repelling_by_label());
}

void PodAffinity::find_company() {
  const std::vector<AffinityTerm>& terms = pod_.constraints->affinity;
  if (terms.empty()) return;
  for_each_group(snapshot_, terms.front(),
                 [&](const auto& name_space, const auto& labels, const auto& pods) {
                   if (matches_all(snapshot_, terms, name_space, labels)) take_company(pods);
                 });
}

void PodAffinity::take_company(const PodGroup& pods) {
  for (const Occupant* other : pods) {
    if (other->uid == pod_.uid) continue;
    is_alone_ = false;
    if (!is_sure_company(*other)) continue;
    const cluster::NodeState* state = snapshot_.find_node(other->node);
    if (state == nullptr) continue;
    for (const AffinityTerm& term : pod_.constraints->affinity) {
      const base::Name* value = cluster::find_label(state->node.labels, term.topology_key.view());
      if (value != nullptr) company_[term.topology_key].insert(*value);
    }
  }
}

/// It stays, and what is known of its namespace says that it is meant.
bool PodAffinity::is_sure_company(const Occupant& other) const {
  const std::vector<AffinityTerm>& terms = pod_.constraints->affinity;
  const bool by_label = std::any_of(terms.begin(), terms.end(), [](const AffinityTerm& term) {
    return term.namespaces_by_label.has_value();
  });
  const bool is_known = !by_label || snapshot_.find_namespace(other.name_space) != nullptr;
  return is_known && presence(other, pod_) == Presence::sure;
}

void PodAffinity::keep_off_matching_pods() {
  for (const AffinityTerm& term : pod_.constraints->anti_affinity) {
    for_each_group(snapshot_, term,
                   [&](const auto& name_space, const auto& labels, const auto& pods) {
                     if (!concerns(snapshot_, term, name_space, labels)) return;
                     for (const Occupant* other : pods) keep_off(*other, term.topology_key);
                   });
  }
}

void PodAffinity::keep_off_where_repelled(const cluster::PodsByConstraints& repelling) {
  const Labels& labels = cluster::labels_of(pod_);
  for (const auto& [constraints, pods] : repelling) {
    for (const AffinityTerm& term : constraints->anti_affinity) {
      if (!concerns(snapshot_, term, pod_.name_space, labels)) continue;
      for (const Occupant* other : pods) keep_off(*other, term.topology_key);
    }
  }
}

void PodAffinity::keep_off(const Occupant& other, const base::Name& topology_key) {
  if (presence(other, pod_) == Presence::gone) return;
  const cluster::NodeState* state = snapshot_.find_node(cluster::occupied_node(other));
  if (state == nullptr) return;
  const base::Name* value = cluster::find_label(state->node.labels, topology_key.view());
  if (value != nullptr) forbidden_[topology_key].insert(*value);
}

bool PodAffinity::is_drawn_to(const Node& node) const {
  const std::vector<AffinityTerm>& terms = pod_.constraints->affinity;
  bool has_company = true;
  for (const AffinityTerm& term : terms) {
    const base::Name* value = cluster::find_label(node.labels, term.topology_key.view());
    if (value == nullptr) return false;
    const auto values = company_.find(term.topology_key);
    has_company = has_company && values != company_.end() && values->second.contains(*value);
  }
  return has_company || may_be_first(node);
}

/// While the predecessor runs, it is the company that its successor has; once it is gone, the
/// successor is the first. So it may go where both hold.
bool PodAffinity::may_be_first(const Node& node) const {
  const std::vector<AffinityTerm>& terms = pod_.constraints->affinity;
  const bool matches_itself =
      matches_all(snapshot_, terms, pod_.name_space, cluster::labels_of(pod_));
  if (!is_alone_ || !matches_itself) return false;
  if (presence(pod_, pod_) == Presence::gone) return true;
  const cluster::NodeState* present = snapshot_.find_node(pod_.node);
  return present != nullptr && std::all_of(terms.begin(), terms.end(), [&](const auto& term) {
           return share_topology(node, present->node, term.topology_key);
         });
}

bool PodAffinity::is_kept_off(const Node& node) const {
  return std::any_of(forbidden_.begin(), forbidden_.end(), [&node](const auto& topology) {
    const base::Name* value = cluster::find_label(node.labels, topology.first.view());
    return value != nullptr && topology.second.contains(*value);
  });
}

}  // namespace migadapter::decide
