#include "kube/codec/constraint_codec.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "kube/codec/metadata_codec.h"
#include "kube/codec/resource_codec.h"

namespace migadapter::kube {

using cluster::Constraints;
using cluster::Unmodelled;

namespace {

void mark(UnmodelledSet& found, Unmodelled feature, bool used = true) {
  if (used) found.set(static_cast<std::size_t>(feature));
}

void decode_node_affinity(JsonField spec, AffinityCodec& codec, Constraints& constraints) {
  const JsonField required =
      spec.at("affinity").at("nodeAffinity").at("requiredDuringSchedulingIgnoredDuringExecution");
  constraints.has_node_affinity = required.present();
  for (const JsonField term : required.at("nodeSelectorTerms").items()) {
    constraints.node_affinity.push_back({codec.decode_expressions(term.at("matchExpressions")),
                                         codec.decode_expressions(term.at("matchFields"))});
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

base::Name decode_scheduler(JsonField spec, base::NamePool& names) {
  const std::string_view scheduler = spec.at("schedulerName").text();
  return scheduler == "default-scheduler" ? base::Name() : names.intern(scheduler);
}

cluster::HostPort decode_port(JsonField port, base::NamePool& names) {
  const std::string_view address = port.at("hostIP").text();
  const std::string_view protocol = port.at("protocol").text();
  return {address == "0.0.0.0" ? base::Name() : names.intern(address),
          names.intern(protocol.empty() ? "TCP" : protocol), port.at("hostPort").integer()};
}

/// Those of the containers that run as long as the pod does; an init container is done with its own
/// before they start, and the scheduler does not count them.
/// https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/util/utils.go (GetHostPorts)
std::vector<cluster::HostPort> decode_host_ports(JsonField spec, base::NamePool& names) {
  std::vector<cluster::HostPort> ports;
  for (const PodContainer& container : pod_containers(spec)) {
    if (container.kind == cluster::ContainerKind::init) continue;
    for (const JsonField port : container.field.at("ports").items()) {
      if (port.at("hostPort").integer() > 0) ports.push_back(decode_port(port, names));
    }
  }
  return ports;
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
      const bool is_source =
          source.key != "name" && source.key != "persistentVolumeClaim" && source.value.present();
      if (is_source && !is_local_to_any_node(source.key)) return true;
    }
  }
  return false;
}

std::vector<base::Name> decode_volume_claims(JsonField spec, base::NamePool& names) {
  std::vector<base::Name> claims;
  for (const JsonField volume : spec.at("volumes").items()) {
    const JsonField claim = volume.at("persistentVolumeClaim");
    if (claim.present()) claims.push_back(names.intern(claim.at("claimName").text()));
  }
  return claims;
}

bool is_list_with_items(JsonField list) {
  return !list.items().empty();
}

bool restarts_all_containers(JsonField container) {
  for (const JsonField rule : container.at("restartPolicyRules").items()) {
    if (rule.at("action").text() == "RestartAllContainers") return true;
  }
  return false;
}

bool has_mount_options(JsonField container) {
  for (const JsonField mount : container.at("volumeMounts").items()) {
    if (is_list_with_items(mount.at("bindMountOptions"))) return true;
  }
  return false;
}

/// What the scheduler takes to nodes only that declare it (KEP-5328).
/// https://github.com/kubernetes/component-helpers/tree/master/nodedeclaredfeatures/features
bool needs_declared_feature(JsonField spec) {
  const bool user_namespace = spec.at("hostUsers").present() && !spec.at("hostUsers").flag();
  if (spec.at("hostNetwork").flag() && user_namespace) return true;
  const std::vector<PodContainer> containers = pod_containers(spec);
  return std::any_of(containers.begin(), containers.end(), [](const PodContainer& container) {
    return restarts_all_containers(container.field) || has_mount_options(container.field);
  });
}

void find_unmodelled(JsonField spec, UnmodelledSet& found) {
  mark(found, Unmodelled::volumes, has_placing_volume(spec));
  mark(found, Unmodelled::resource_claims, is_list_with_items(spec.at("resourceClaims")));
  mark(found, Unmodelled::scheduling_group,
       spec.at("schedulingGroup").present() || spec.at("workloadRef").present());
  mark(found, Unmodelled::declared_features, needs_declared_feature(spec));
}

}  // namespace

Constraints decode_constraints(JsonField spec, TermOwner owner, base::NamePool& names) {
  UnmodelledSet unmodelled;
  AffinityCodec codec(owner, names, unmodelled);
  Constraints constraints;
  constraints.node_selector = decode_labels(spec.at("nodeSelector"), names);
  decode_node_affinity(spec, codec, constraints);
  decode_tolerations(spec, names, constraints, unmodelled);
  constraints.scheduler = decode_scheduler(spec, names);
  constraints.affinity = codec.decode_terms(spec, "podAffinity");
  constraints.anti_affinity = codec.decode_terms(spec, "podAntiAffinity");
  constraints.spread = codec.decode_spread(spec);
  constraints.host_ports = decode_host_ports(spec, names);
  constraints.volume_claims = decode_volume_claims(spec, names);
  find_unmodelled(spec, unmodelled);
  for (std::size_t index = 0; index < unmodelled.size(); ++index) {
    if (unmodelled[index]) constraints.unmodelled.push_back(static_cast<Unmodelled>(index));
  }
  return constraints;
}

Constraints decode_claims_on_neighbours(JsonField spec, TermOwner owner, base::NamePool& names) {
  UnmodelledSet ignored;
  Constraints constraints;
  constraints.anti_affinity =
      AffinityCodec(owner, names, ignored).decode_terms(spec, "podAntiAffinity");
  constraints.host_ports = decode_host_ports(spec, names);
  return constraints;
}

}  // namespace migadapter::kube
