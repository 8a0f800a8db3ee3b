#include "kube/codec/constraint_hash.h"

#include <functional>

namespace migadapter::kube {
namespace {

void mix(std::size_t& hash, std::size_t value) {
  hash ^= value + 0x9e3779b97f4a7c15U + (hash << 6) + (hash >> 2);
}

void mix(std::size_t& hash, const base::Name& name) {
  mix(hash, std::hash<base::Name>()(name));
}

void mix(std::size_t& hash, const std::vector<cluster::SelectorExpression>& expressions) {
  for (const cluster::SelectorExpression& expression : expressions) {
    mix(hash, expression.key);
    for (const base::Name& value : expression.values) mix(hash, value);
  }
}

void mix(std::size_t& hash, const std::vector<cluster::AffinityTerm>& terms) {
  for (const cluster::AffinityTerm& term : terms) {
    mix(hash, term.pods.expressions);
    mix(hash, term.topology_key);
  }
}

}  // namespace

std::size_t ConstraintsHash::operator()(const cluster::Constraints& constraints) const {
  std::size_t hash = constraints.unmodelled.size() + LabelsHash()(constraints.node_selector);
  for (const cluster::NodeSelectorTerm& term : constraints.node_affinity) {
    mix(hash, term.labels);
    mix(hash, term.fields);
  }
  for (const cluster::Toleration& toleration : constraints.tolerations) {
    mix(hash, toleration.key);
    mix(hash, toleration.value);
  }
  mix(hash, constraints.affinity);
  mix(hash, constraints.anti_affinity);
  for (const cluster::SpreadConstraint& spread : constraints.spread) {
    mix(hash, spread.pods.expressions);
  }
  for (const base::Name& claim : constraints.volume_claims) mix(hash, claim);
  for (const cluster::HostPort& port : constraints.host_ports) {
    mix(hash, static_cast<std::size_t>(port.port));
  }
  return hash;
}

std::size_t LabelsHash::operator()(const cluster::Labels& labels) const {
  std::size_t hash = labels.size();
  for (const auto& [key, value] : labels) {
    mix(hash, key);
    mix(hash, value);
  }
  return hash;
}

}  // namespace migadapter::kube
