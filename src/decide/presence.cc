#include "decide/presence.h"

#include <algorithm>

namespace migadapter::decide {

using cluster::Pod;

namespace {

/// The predecessor itself: where it runs, it does so until it has terminated.
Presence presence_of_predecessor(const Pod& pod) {
  const bool awaited = pod.owner && pod.owner->kind == cluster::OwnerKind::stateful_set;
  return !pod.bound() || awaited ? Presence::gone : Presence::maybe;
}

/// A namespace that is not known yet may have any labels.
bool includes(const cluster::Snapshot& snapshot, const cluster::AffinityTerm& term,
              const base::Name& name_space) {
  const auto& named = term.namespaces;
  if (std::find(named.begin(), named.end(), name_space) != named.end()) return true;
  if (!term.namespaces_by_label) return false;
  if (term.namespaces_by_label->selects_everything()) return true;
  const cluster::Namespace* known = snapshot.find_namespace(name_space);
  return known == nullptr || selects(*term.namespaces_by_label, known->labels);
}

}  // namespace

Presence presence(const cluster::Occupant& other, const Pod& placed) {
  if (other.uid == placed.uid) return presence_of_predecessor(placed);
  if (cluster::occupied_node(other).empty()) return Presence::gone;
  return other.bound() && !other.terminating ? Presence::sure : Presence::maybe;
}

bool concerns(const cluster::Snapshot& snapshot, const cluster::AffinityTerm& term,
              const base::Name& name_space, const cluster::Labels& labels) {
  return includes(snapshot, term, name_space) && selects(term.pods, labels);
}

}  // namespace migadapter::decide
