// What a pod's spec demands of other pods: affinity, anti-affinity, topology spread.
#pragma once

#include <bitset>
#include <string_view>
#include <vector>

#include "base/name.h"
#include "cluster/constraints.h"
#include "kube/codec/json_reader.h"

namespace migadapter::kube {

/// The features of a spec that we cannot model, found so far.
using UnmodelledSet = std::bitset<cluster::kUnmodelledCount>;

/// What of a pod's metadata its terms refer to without saying so.
struct TermOwner {
  base::Name name_space;
  const cluster::Labels& labels;
};

/// Reads selectors and terms of one spec. What it cannot read it leaves out, which widens a
/// selector, and notes as unmodelled.
class AffinityCodec {
 public:
  AffinityCodec(TermOwner owner, base::NamePool& names, UnmodelledSet& unmodelled)
      : owner_(owner), names_(names), unmodelled_(unmodelled) {}

  /// The required terms of spec.affinity.podAffinity or podAntiAffinity.
  std::vector<cluster::AffinityTerm> decode_terms(JsonField spec, std::string_view affinity);
  /// The constraints that keep a pod from being scheduled.
  std::vector<cluster::SpreadConstraint> decode_spread(JsonField spec);
  /// Expressions of a node selector or a label selector.
  std::vector<cluster::SelectorExpression> decode_expressions(JsonField list);
  cluster::LabelSelector decode_selector(JsonField selector);

 private:
  cluster::AffinityTerm decode_term(JsonField term);
  cluster::SpreadConstraint decode_constraint(JsonField constraint);
  bool decode_policy(JsonField policy, bool by_default);
  void merge_keys(JsonField keys, cluster::SelectorOperator op, cluster::LabelSelector& selector);

  TermOwner owner_;
  base::NamePool& names_;
  UnmodelledSet& unmodelled_;
};

}  // namespace migadapter::kube
