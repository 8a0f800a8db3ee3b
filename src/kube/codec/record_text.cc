#include "kube/codec/record_text.h"

#include <fmt/format.h>

#include <array>

#include "kube/codec/timestamp.h"

namespace migadapter::kube {
namespace {

/// Collects "name: value" lines; empty values are left out.
class Lines {
 public:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty()) text_ += fmt::format("{}: {}\n", name, value);
  }
  void add(std::string_view name, const base::Name& value) { add(name, value.view()); }
  void add_flag(std::string_view name, bool value) {
    if (value) add(name, "true");
  }
  void add_number(std::string_view name, std::int64_t value) { add(name, std::to_string(value)); }
  void add_time(std::string_view name, base::WallTime time) {
    if (time != base::WallTime{}) add(name, to_timestamp(time));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string to_text(const cluster::ResourceList& resources) {
  std::string text;
  for (const cluster::ResourceAmount& amount : resources) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", amount.resource.view(), amount.amount);
  }
  return text;
}

std::string to_text(const cluster::MigRequests& requests) {
  static constexpr std::array<std::string_view, 3> kKinds = {"init", "sidecar", "app"};
  std::string text;
  for (const cluster::MigRequest& request : requests) {
    text += fmt::format("{}{}({}):{}={}", text.empty() ? "" : " ", request.container.view(),
                        kKinds.at(static_cast<std::size_t>(request.kind)), request.resource.view(),
                        request.count);
  }
  return text;
}

std::string to_text(const std::vector<cluster::SelectorExpression>& expressions) {
  static constexpr std::array<std::string_view, 6> kOperators = {
      "in", "not in", "exists", "does not exist", ">", "<"};
  std::string text;
  for (const cluster::SelectorExpression& expression : expressions) {
    text += fmt::format("{}{} {}", text.empty() ? "" : " and ", expression.key.view(),
                        kOperators.at(static_cast<std::size_t>(expression.op)));
    for (const base::Name& value : expression.values) text += fmt::format(" {}", value.view());
  }
  return text;
}

std::string to_text(cluster::TaintEffect effect) {
  static constexpr std::array<std::string_view, 3> kEffects = {"NoSchedule", "PreferNoSchedule",
                                                               "NoExecute"};
  return std::string(kEffects.at(static_cast<std::size_t>(effect)));
}

std::string to_text(const cluster::LabelSelector& selector) {
  if (selector.selects_nothing) return "nothing";
  return selector.selects_everything() ? "everything" : to_text(selector.expressions);
}

std::string to_text(const cluster::AffinityTerm& term) {
  std::string text = fmt::format("{} in", to_text(term.pods));
  for (const base::Name& name_space : term.namespaces)
    text += fmt::format(" {}", name_space.view());
  if (term.namespaces_by_label) {
    text += fmt::format(" [{}]", to_text(*term.namespaces_by_label));
  }
  return text + fmt::format(" by {}", term.topology_key.view());
}

std::string to_text(const cluster::SpreadConstraint& spread) {
  return fmt::format("{} by {} skew {} domains {}{}{}", to_text(spread.pods),
                     spread.topology_key.view(), spread.max_skew, spread.min_domains,
                     spread.honours_node_affinity ? "" : " ignoring affinity",
                     spread.honours_taints ? " honouring taints" : "");
}

void add_neighbour_terms(Lines& lines, const cluster::Constraints& constraints) {
  for (const auto& term : constraints.affinity) lines.add("pod affinity", to_text(term));
  for (const auto& term : constraints.anti_affinity) lines.add("pod anti-affinity", to_text(term));
  for (const auto& spread : constraints.spread) lines.add("spread", to_text(spread));
  for (const cluster::HostPort& port : constraints.host_ports) {
    lines.add("host port",
              fmt::format("{} {} {}", port.address.view(), port.protocol.view(), port.port));
  }
}

void add_constraints(Lines& lines, const cluster::Constraints& constraints) {
  for (const auto& [key, value] : constraints.node_selector) {
    lines.add("node selector", fmt::format("{}={}", key.view(), value.view()));
  }
  lines.add_flag("node affinity", constraints.has_node_affinity);
  for (const cluster::NodeSelectorTerm& term : constraints.node_affinity) {
    lines.add("affinity labels", to_text(term.labels));
    lines.add("affinity fields", to_text(term.fields));
  }
  for (const cluster::Toleration& each : constraints.tolerations) {
    lines.add("toleration",
              fmt::format("{}{}{}:{}", each.key.view(), each.exists ? "" : "=", each.value.view(),
                          each.any_effect ? "*" : to_text(each.effect)));
  }
  lines.add("scheduler", constraints.scheduler);
  add_neighbour_terms(lines, constraints);
  for (const base::Name& claim : constraints.volume_claims) lines.add("volume claim", claim);
  for (const cluster::Unmodelled feature : constraints.unmodelled) {
    lines.add("unmodelled", cluster::to_string(feature));
  }
}

void add_opt_outs(Lines& lines, const cluster::OptOuts& opt_outs) {
  lines.add("upgrade", opt_outs.upgrade);
  lines.add("restore", opt_outs.restore);
  lines.add("largest grant", opt_outs.largest_grant);
}

void add_protection(Lines& lines, const cluster::PodProtection& protection) {
  lines.add_flag("mirror", protection.mirror);
  lines.add_flag("critical priority", protection.critical_priority);
  lines.add_flag("externally queued", protection.externally_queued);
  lines.add_flag("gang", protection.gang);
  add_opt_outs(lines, protection.opt_outs);
  const base::Millis undisturbed = protection.undisturbed_for;
  if (undisturbed == base::Millis::max()) {
    lines.add("undisturbed", "for ever");
  } else if (undisturbed != base::Millis{0}) {
    lines.add("undisturbed", fmt::format("{} ms", undisturbed.count()));
  }
}

void add_record(Lines& lines, const cluster::Pod& pod) {
  static constexpr std::array<std::string_view, 5> kPhases = {"pending", "running", "succeeded",
                                                              "failed", "unknown"};
  lines.add("pod", cluster::full_name(pod));
  lines.add("uid", pod.uid);
  lines.add("resource version", pod.resource_version);
  if (pod.owner) {
    lines.add("owner",
              fmt::format("{} {} {} (kind {})", pod.owner->kind_name.view(), pod.owner->name.view(),
                          pod.owner->uid.view(), static_cast<int>(pod.owner->kind)));
  }
  lines.add("completion index", pod.completion_index);
  lines.add("node", pod.node);
  lines.add("nominated node", pod.nominated_node);
  lines.add("phase", kPhases.at(static_cast<std::size_t>(pod.phase)));
  lines.add_flag("terminating", pod.terminating);
  lines.add_flag("gated", pod.gated);
  lines.add_flag("unschedulable", pod.unschedulable);
  lines.add_number("priority", pod.priority);
  lines.add_time("created", pod.created);
  lines.add_time("started", pod.started);
  lines.add("priority class", pod.quota_class.priority_class);
  lines.add_flag("deadline", pod.quota_class.has_deadline);
  lines.add_flag("best effort", pod.quota_class.best_effort);
  lines.add_number("containers", pod.containers);
  lines.add("requests", to_text(pod.requests));
  lines.add("mig requests", to_text(pod.mig_requests));
  if (pod.granted) {
    lines.add("demand", to_text(pod.granted->demand));
    lines.add("rule", pod.granted->rule_id);
  }
  add_protection(lines, pod.protection);
  add_constraints(lines, *pod.constraints);
  for (const auto& [key, value] : cluster::labels_of(pod)) {
    lines.add("label", fmt::format("{}={}", key.view(), value.view()));
  }
}

void add_record(Lines& lines, const cluster::Node& node) {
  lines.add("node", node.name);
  for (const auto& [key, value] : node.labels) {
    lines.add("label", fmt::format("{}={}", key.view(), value.view()));
  }
  for (const cluster::Taint& taint : node.taints) {
    lines.add("taint",
              fmt::format("{}={}:{}", taint.key.view(), taint.value.view(), to_text(taint.effect)));
  }
  lines.add_flag("unschedulable", node.unschedulable);
  lines.add("allocatable", to_text(node.allocatable));
}

void add_job_terms(Lines& lines, const cluster::JobTerms& terms) {
  lines.add_flag("indexed", terms.indexed);
  lines.add_flag("suspended", terms.suspended);
  lines.add_flag("finished", terms.finished);
  lines.add_flag("managed elsewhere", terms.managed_elsewhere);
  lines.add_flag("replaces terminating", terms.replaces_terminating);
  for (const cluster::FailureRule& rule : terms.failure_rules) {
    lines.add("failure rule", fmt::format("{} on {}", rule.ignores ? "ignore" : "count",
                                          rule.on_disruption   ? "disruption"
                                          : rule.on_conditions ? "conditions"
                                                               : "exit codes"));
  }
}

void add_record(Lines& lines, const cluster::Owner& owner) {
  lines.add("owner", fmt::format("{}/{} (kind {})", owner.name_space.view(), owner.name.view(),
                                 static_cast<int>(owner.kind)));
  lines.add("uid", owner.uid);
  lines.add_number("desired replicas", owner.desired_replicas);
  lines.add_number("current replicas", owner.current_replicas);
  lines.add_flag("terminating", owner.terminating);
  lines.add("template requests", to_text(owner.template_requests));
  lines.add_flag("rolling out", owner.rolling_out);
  lines.add_flag("externally queued", owner.externally_queued);
  add_opt_outs(lines, owner.opt_outs);
  if (owner.job) add_job_terms(lines, *owner.job);
}

void add_record(Lines& lines, const cluster::ResourceQuota& quota) {
  lines.add("quota", fmt::format("{}/{}", quota.name_space.view(), quota.name));
  lines.add("uid", quota.uid);
  for (const cluster::QuotaScope& scope : quota.scopes) {
    std::string text = fmt::format("kind {} operator {}", static_cast<int>(scope.kind),
                                   static_cast<int>(scope.op));
    for (const base::Name& value : scope.values) text += fmt::format(" {}", value.view());
    lines.add("scope", text);
  }
  for (const cluster::QuotaAmount& amount : quota.amounts) {
    const std::string used = amount.used ? std::to_string(*amount.used) : "unknown";
    lines.add(amount.resource.view(), fmt::format("{} of {}", used, amount.hard));
  }
}

void add_record(Lines& lines, const cluster::LimitRange& range) {
  lines.add("limit range", fmt::format("{}/{}", range.name_space.view(), range.name));
  lines.add("uid", range.uid);
  for (const cluster::ResourceBounds& bounds : range.bounds) {
    const auto bound = [](const auto& value) { return value ? std::to_string(*value) : "any"; };
    lines.add(bounds.resource.view(),
              fmt::format("{} to {} of a {}", bound(bounds.least), bound(bounds.most),
                          bounds.whole_pod ? "pod" : "container"));
  }
}

void add_record(Lines& lines, const cluster::Namespace& name_space) {
  lines.add("namespace", name_space.name);
  for (const auto& [key, value] : name_space.labels) {
    lines.add("label", fmt::format("{}={}", key.view(), value.view()));
  }
  lines.add_flag("terminating", name_space.terminating);
  add_opt_outs(lines, name_space.opt_outs);
}

std::string seconds(base::Millis time) {
  return time == base::Millis{0} ? "" : fmt::format("{} s", time.count() / 1000);
}

std::string to_text(const cluster::Budget& budget) {
  std::string text;
  if (budget.concurrent) text += fmt::format("{} at a time", *budget.concurrent);
  if (budget.per_hour)
    text += fmt::format("{}{} an hour", text.empty() ? "" : ", ", *budget.per_hour);
  return text;
}

void add_upgrade(Lines& lines, const cluster::UpgradePolicy& upgrade) {
  lines.add("upgrade after", seconds(upgrade.after));
  if (upgrade.largest) lines.add("largest", mig::to_string(*upgrade.largest));
  for (const mig::Profile& profile : upgrade.allowed) lines.add("allowed", mig::to_string(profile));
}

void add_status(Lines& lines, const cluster::PolicyStatus& status) {
  for (const cluster::Condition& each : status.conditions) {
    lines.add(
        "condition",
        fmt::format("{}={} {} ({}) generation {} since {}", each.type, each.holds, each.reason,
                    each.message, each.observed_generation, to_timestamp(each.last_transition)));
  }
  if (status.observed_generation != 0)
    lines.add_number("observed generation", status.observed_generation);
  if (status.would_upgrade) lines.add_number("would upgrade", *status.would_upgrade);
  if (status.would_restore) lines.add_number("would restore", *status.would_restore);
}

void add_record(Lines& lines, const cluster::Policy& policy) {
  static constexpr std::array<std::string_view, 3> kModes = {"off", "observe", "enforce"};
  static constexpr std::array<std::string_view, 3> kRestores = {"eager", "when needed", "never"};
  lines.add("policy", policy.name);
  lines.add("uid", policy.uid);
  lines.add("resource version", policy.resource_version);
  lines.add_number("generation", policy.generation);
  lines.add_number("priority", policy.priority);
  lines.add_flag("suspended", policy.suspended);
  lines.add("mode", kModes.at(static_cast<std::size_t>(policy.mode)));
  lines.add("namespaces", to_text(policy.namespaces.expressions));
  lines.add("pods", to_text(policy.pods.expressions));
  add_upgrade(lines, policy.upgrade);
  if (policy.restore_mode)
    lines.add("restore", kRestores.at(static_cast<std::size_t>(*policy.restore_mode)));
  if (policy.minimum_run_time) lines.add("minimum run time", seconds(*policy.minimum_run_time));
  lines.add("hysteresis", seconds(policy.hysteresis));
  lines.add("owner budget", to_text(policy.budgets.owner));
  lines.add("namespace budget", to_text(policy.budgets.name_space));
  lines.add("cluster budget", to_text(policy.budgets.cluster));
  lines.add("problem", policy.problem);
  add_status(lines, policy.status);
}

void add_record(Lines& lines, const cluster::VolumeClaim& claim) {
  lines.add("volume claim", fmt::format("{}/{}", claim.name_space.view(), claim.name.view()));
  lines.add("uid", claim.uid);
  lines.add("volume", claim.volume);
  lines.add_flag("bound", claim.bound);
  lines.add_flag("unusable", !claim.usable);
  lines.add_flag("for one pod", claim.for_one_pod);
}

void add_record(Lines& lines, const cluster::Volume& volume) {
  lines.add("volume", volume.name);
  lines.add_flag("node affinity", volume.has_node_affinity);
  for (const cluster::NodeSelectorTerm& term : volume.node_affinity) {
    lines.add("affinity labels", to_text(term.labels));
  }
  for (const auto& [label, values] : volume.zones) {
    for (const base::Name& value : values) {
      lines.add("zone", fmt::format("{}={}", label.view(), value.view()));
    }
  }
  lines.add("csi driver", volume.csi_driver);
  lines.add_flag("attached in tree", volume.attached_in_tree);
}

void add_record(Lines& lines, const cluster::VolumeDrivers& drivers) {
  lines.add("drivers of node", drivers.node);
  for (const base::Name& driver : drivers.unlimited) lines.add("without limit", driver);
}

void add_record(Lines& lines, const cluster::DeviceClass& device_class) {
  lines.add("device class", device_class.name);
  lines.add("extended resource", device_class.extended_resource);
}

void add_status(Lines& lines, const cluster::RuleStatus& status) {
  static constexpr std::array<std::string_view, 6> kPhases = {
      "publishing", "evicting", "awaiting", "placing", "starting", "backing off"};
  lines.add("phase", kPhases.at(static_cast<std::size_t>(status.phase)));
  lines.add("actor", status.actor);
  lines.add("reason", status.reason);
  lines.add("message", status.message);
  lines.add_time("since", status.since);
  for (const base::WallTime moment : status.failures.lately)
    lines.add("failed", to_micro_timestamp(moment));
  if (status.failures.in_a_row != 0)
    lines.add_number("failures in a row", status.failures.in_a_row);
  lines.add_time("backs off until", status.failures.backs_off_until);
}

void add_record(Lines& lines, const cluster::Rule& rule) {
  lines.add("rule", fmt::format("{}/{}", rule.name_space.view(), rule.id));
  lines.add("uid", rule.uid);
  lines.add("resource version", rule.resource_version);
  lines.add_number("generation", rule.generation);
  lines.add("purpose", rule.purpose == cluster::RulePurpose::upgrade ? "upgrade" : "restore");
  lines.add("owner",
            fmt::format("{} {} {} (kind {})", rule.owner.kind_name.view(), rule.owner.name.view(),
                        rule.owner.uid.view(), static_cast<int>(rule.owner.kind)));
  lines.add("pod name", rule.pod_name);
  lines.add("completion index", rule.completion_index);
  lines.add("demand", to_text(rule.demand));
  lines.add("demand resource", rule.demand_resource);
  lines.add("grant resource", rule.grant_resource);
  lines.add("node", rule.node);
  lines.add("requests", to_text(rule.requests));
  lines.add("old pod", fmt::format("{} {}@{}", rule.old_pod.name, rule.old_pod.uid.view(),
                                   rule.old_pod.resource_version));
  lines.add("why", rule.reason);
  lines.add_time("expires", rule.expires);
  add_status(lines, rule.status);
}

void add_record(Lines& lines, const cluster::Replica& replica) {
  lines.add("replica", replica.name);
  lines.add("uid", replica.uid);
  lines.add("resource version", replica.resource_version);
  lines.add("served rules", replica.served_rules);
  lines.add_number("duration ms", replica.duration.count());
}

void add_record(Lines& lines, const Reported& reported) {
  lines.add("reported", fmt::format("{} {}", to_string(reported.kind), reported.resource_version));
}

void add_record(Lines& lines, const Removed& removed) {
  lines.add("removed", fmt::format("{} {}", to_string(removed.kind), removed.key.view()));
}

void add_record(Lines& lines, const Synced& synced) {
  lines.add("synced", to_string(synced.kind));
}

}  // namespace

std::string to_text(const ClusterEvent& event) {
  Lines lines;
  std::visit([&lines](const auto& record) { add_record(lines, record); }, event);
  return lines.text();
}

}  // namespace migadapter::kube
