// What a pod demands of the node it runs on, beside resources.
#pragma once

#include <string_view>
#include <vector>

#include "base/name.h"
#include "cluster/label_selector.h"
#include "cluster/neighbour_terms.h"

namespace migadapter::cluster {

/// Expressions that must all hold. A term without any matches nothing.
struct NodeSelectorTerm {
  std::vector<SelectorExpression> labels;
  std::vector<SelectorExpression> fields;
  friend bool operator==(const NodeSelectorTerm&, const NodeSelectorTerm&) = default;
};

enum class TaintEffect { no_schedule, prefer_no_schedule, no_execute };

struct Taint {
  base::Name key;
  base::Name value;
  TaintEffect effect = TaintEffect::no_schedule;
  friend bool operator==(const Taint&, const Taint&) = default;
};

/// An empty key with `exists` tolerates every taint; no effect means every effect.
struct Toleration {
  base::Name key;
  base::Name value;
  bool exists = false;  ///< operator Exists rather than Equal
  bool any_effect = true;
  TaintEffect effect = TaintEffect::no_schedule;  ///< meaningful unless any_effect
  friend bool operator==(const Toleration&, const Toleration&) = default;
};

/// Scheduling features that no predicate of ours models. A pod that uses one is never called
/// "fitting".
enum class Unmodelled {
  topology_spread,
  volumes,
  resource_claims,
  unknown_operator,
  scheduling_group,
  declared_features,
};
inline constexpr int kUnmodelledCount = 6;

/// The feature as the field that asks for it, for people: "spec.volumes".
std::string_view to_string(Unmodelled feature);

/// The constraints of one pod. Immutable once built, so that the pods of one owner can share it.
struct Constraints {
  Labels node_selector;
  bool has_node_affinity =
      false;  ///< requiredDuringScheduling… is present, even with no term that can match
  std::vector<NodeSelectorTerm> node_affinity;  ///< terms are alternatives
  std::vector<Toleration> tolerations;
  base::Name scheduler;                     ///< empty: default-scheduler
  std::vector<AffinityTerm> affinity;       ///< all of them must hold
  std::vector<AffinityTerm> anti_affinity;  ///< none of them may
  std::vector<SpreadConstraint> spread;
  std::vector<HostPort> host_ports;
  std::vector<base::Name> volume_claims;  ///< PersistentVolumeClaims of its namespace
  std::vector<Unmodelled> unmodelled;     ///< without duplicates, in enum order
  friend bool operator==(const Constraints&, const Constraints&) = default;
};

}  // namespace migadapter::cluster
