#include "kube/codec/constraint_codec.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <utility>

#include "kube/codec/metadata_codec.h"

namespace migadapter::kube {

using cluster::Constraints;
using cluster::SelectorOperator;
using cluster::Unmodelled;

namespace {

using UnmodelledSet = std::bitset<cluster::kUnmodelledCount>;

void mark(UnmodelledSet& found, Unmodelled feature, bool used = true) {
  if (used) found.set(static_cast<std::size_t>(feature));
}

std::optional<SelectorOperator> selector_operator(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, SelectorOperator>, 6> kOperators = {{
      {"In", SelectorOperator::in},
      {"NotIn", SelectorOperator::not_in},
      {"Exists", SelectorOperator::exists},
      {"DoesNotExist", SelectorOperator::does_not_exist},
      {"Gt", SelectorOperator::greater_than},
      {"Lt", SelectorOperator::less_than},
  }};
  for (const auto& [name, op] : kOperators) {
    if (name == text) return op;
  }
  return std::nullopt;
}

std::vector<cluster::SelectorExpression> decode_expressions(JsonField list, base::NamePool& names,
                                                            UnmodelledSet& unmodelled) {
  std::vector<cluster::SelectorExpression> expressions;
  for (const JsonField field : list.items()) {
    const std::optional<SelectorOperator> op = selector_operator(field.at("operator").text());
    mark(unmodelled, Unmodelled::unknown_operator, !op);
    if (!op) continue;
    cluster::SelectorExpression expression{names.intern(field.at("key").text()), *op, {}};
    for (const JsonField value : field.at("values").items()) {
      expression.values.push_back(names.intern(value.text()));
    }
    expressions.push_back(std::move(expression));
  }
  return expressions;
}

void decode_node_affinity(JsonField spec, base::NamePool& names, Constraints& constraints,
                          UnmodelledSet& unmodelled) {
  const JsonField required =
      spec.at("affinity").at("nodeAffinity").at("requiredDuringSchedulingIgnoredDuringExecution");
  constraints.has_node_affinity = required.present();
  for (const JsonField term : required.at("nodeSelectorTerms").items()) {
    constraints.node_affinity.push_back(
        {decode_expressions(term.at("matchExpressions"), names, unmodelled),
         decode_expressions(term.at("matchFields"), names, unmodelled)});
  }
}

std::optional<cluster::TaintEffect> taint_effect(std::string_view text) {
  if (text == "NoSchedule") return cluster::TaintEffect::no_schedule;
  if (text == "PreferNoSchedule") return cluster::TaintEffect::prefer_no_schedule;
  if (text == "NoExecute") return cluster::TaintEffect::no_execute;
  return std::nullopt;
}

/// Operators Gt and Lt (KEP-5471) tolerate nothing that we can prove, so they are left out.
void decode_tolerations(JsonField spec, base::NamePool& names, Constraints& constraints,
                        UnmodelledSet& unmodelled) {
  for (const JsonField field : spec.at("tolerations").items()) {
    const std::string_view op = field.at("operator").text();
    const std::string_view effect_text = field.at("effect").text();
    const std::optional<cluster::TaintEffect> effect = taint_effect(effect_text);
    const bool known_operator = op.empty() || op == "Equal" || op == "Exists";
    const bool known = known_operator && (effect || effect_text.empty());
    mark(unmodelled, Unmodelled::unknown_operator, !known);
    if (!known) continue;
    constraints.tolerations.push_back(
        {names.intern(field.at("key").text()), names.intern(field.at("value").text()),
         op == "Exists", !effect, effect.value_or(cluster::TaintEffect::no_schedule)});
  }
}

JsonField required_terms(JsonField spec, std::string_view affinity) {
  return spec.at("affinity").at(affinity).at("requiredDuringSchedulingIgnoredDuringExecution");
}

bool has_required_terms(JsonField spec, std::string_view affinity) {
  return !required_terms(spec, affinity).items().empty();
}

bool spreads_strictly(JsonField spec) {
  for (const JsonField spread : spec.at("topologySpreadConstraints").items()) {
    if (spread.at("whenUnsatisfiable").text() != "ScheduleAnyway") return true;
  }
  return false;
}

bool has_host_port(JsonField containers) {
  for (const JsonField container : containers.items()) {
    for (const JsonField port : container.at("ports").items()) {
      if (port.at("hostPort").integer() != 0) return true;
    }
  }
  return false;
}

/// Volumes that exist on every node and count against no limit.
bool is_local_to_any_node(std::string_view source) {
  static constexpr std::array<std::string_view, 8> kSources = {
      "configMap", "secret", "emptyDir", "projected", "downwardAPI", "hostPath", "nfs", "image"};
  return std::find(kSources.begin(), kSources.end(), source) != kSources.end();
}

bool has_placing_volume(JsonField spec) {
  for (const JsonField volume : spec.at("volumes").items()) {
    for (const JsonField::Entry source : volume.entries()) {
      const bool is_source = source.key != "name" && source.value.present();
      if (is_source && !is_local_to_any_node(source.key)) return true;
    }
  }
  return false;
}

bool has_other_scheduler(JsonField spec) {
  const std::string_view scheduler = spec.at("schedulerName").text();
  return !scheduler.empty() && scheduler != "default-scheduler";
}

void find_unmodelled(JsonField spec, UnmodelledSet& found) {
  mark(found, Unmodelled::other_scheduler, has_other_scheduler(spec));
  mark(found, Unmodelled::pod_affinity, has_required_terms(spec, "podAffinity"));
  mark(found, Unmodelled::pod_anti_affinity, has_required_anti_affinity(spec));
  mark(found, Unmodelled::topology_spread, spreads_strictly(spec));
  mark(found, Unmodelled::host_ports,
       has_host_port(spec.at("containers")) || has_host_port(spec.at("initContainers")));
  mark(found, Unmodelled::volumes, has_placing_volume(spec));
  mark(found, Unmodelled::resource_claims, !spec.at("resourceClaims").items().empty());
  mark(found, Unmodelled::pod_level_resources, spec.at("resources").present());
  mark(found, Unmodelled::scheduling_group,
       spec.at("schedulingGroup").present() || spec.at("workloadRef").present());
}

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

/// Equal constraints have equal hashes; the parts that seldom differ are left out.
std::size_t hash_of(const Constraints& constraints) {
  std::size_t hash = constraints.unmodelled.size();
  for (const auto& [key, value] : constraints.node_selector) {
    mix(hash, key);
    mix(hash, value);
  }
  for (const cluster::NodeSelectorTerm& term : constraints.node_affinity) {
    mix(hash, term.labels);
    mix(hash, term.fields);
  }
  for (const cluster::Toleration& toleration : constraints.tolerations) {
    mix(hash, toleration.key);
    mix(hash, toleration.value);
  }
  return hash;
}

}  // namespace

Constraints decode_constraints(JsonField spec, base::NamePool& names) {
  Constraints constraints;
  UnmodelledSet unmodelled;
  constraints.node_selector = decode_labels(spec.at("nodeSelector"), names);
  decode_node_affinity(spec, names, constraints, unmodelled);
  decode_tolerations(spec, names, constraints, unmodelled);
  find_unmodelled(spec, unmodelled);
  for (std::size_t index = 0; index < unmodelled.size(); ++index) {
    if (unmodelled[index]) constraints.unmodelled.push_back(static_cast<Unmodelled>(index));
  }
  return constraints;
}

bool has_required_anti_affinity(JsonField spec) {
  return has_required_terms(spec, "podAntiAffinity");
}

bool anti_affinity_stays_in_namespace(JsonField spec) {
  for (const JsonField term : required_terms(spec, "podAntiAffinity").items()) {
    // An empty namespaceSelector is one that selects every namespace.
    const bool reaches =
        !term.at("namespaces").items().empty() || term.at("namespaceSelector").present();
    if (reaches) return false;
  }
  return true;
}

std::shared_ptr<const Constraints> ConstraintsPool::share(Constraints constraints) {
  const std::size_t hash = hash_of(constraints);
  const auto [first, last] = shared_.equal_range(hash);
  for (auto each = first; each != last; ++each) {
    auto known = each->second.lock();
    if (known && *known == constraints) return known;
  }
  if (shared_.size() >= sweep_at_) sweep();
  auto shared = std::make_shared<const Constraints>(std::move(constraints));
  shared_.emplace(hash, shared);
  return shared;
}

void ConstraintsPool::sweep() {
  std::erase_if(shared_, [](const auto& entry) { return entry.second.expired(); });
  sweep_at_ = std::max<std::size_t>(64, 2 * shared_.size());
}

}  // namespace migadapter::kube
