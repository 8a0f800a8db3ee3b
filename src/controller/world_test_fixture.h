// A cluster in a few lines for the controller's tests: owners that recreate pods, a webhook that
// answers from the rules, a scheduler that binds what fits, an API server that checks
// preconditions.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cluster/testing.h"
#include "controller/controller.h"
#include "decide/admit.h"

namespace migadapter::controller {

/// Plays every part of the cluster but ours, with virtual time. Pods ask for `nvidia.com/mig-…` in
/// one container "main"; every owner's template asks for one resource. Owners and pods go by
/// "namespace/name".
class World : public kube::ClusterWriter {
 public:
  World();

  void add_node(const cluster::Node& node);
  /// The node is gone, and its pods with it.
  void remove_node(const std::string& name);
  /// An owner with this many pods in namespace "default", or in that of "namespace/name". The pods
  /// of a StatefulSet keep their names.
  void add_owner(const std::string& name, const std::string& resource, int replicas,
                 cluster::OwnerKind kind = cluster::OwnerKind::replica_set);
  /// The owner's annotations disable every move.
  void opt_out(const std::string& owner);
  void add_bare_pod(const std::string& name, const std::string& resource);
  void scale(const std::string& owner, int replicas);
  void add_namespace(const std::string& name, const std::map<std::string, std::string>& labels);
  /// Creates or changes the policy; its version and generation are the cluster's.
  void put_policy(cluster::Policy policy);
  void remove_policy(const std::string& name);
  const cluster::Policy& policy(const std::string& name) const { return policies_.at(name); }
  int status_writes() const { return status_writes_; }

  /// Starts the controller anew: rules, promises, moves and back-off are lost with the old one.
  void restart_controller();

  /// Lets owners, kubelets and scheduler do one thing; nobody tells the controller yet. False when
  /// there was nothing to do.
  bool cluster_step();
  /// Delivers up to so many messages to the controller and lets it work. False without messages.
  bool controller_step(std::size_t most_messages = SIZE_MAX);
  /// Lets all of them work until nothing changes any more.
  void settle();
  void pass(base::Millis time);

  /// "2g.10gb, pending 1g.5gb, …": what the owner's pods run with or wait for, sorted.
  std::string grants_of(const std::string& owner) const;
  int pods_of(const std::string& owner) const;
  int evictions() const { return evictions_; }
  std::vector<std::string> event_reasons() const;
  const cluster::Snapshot& seen() const { return controller_->snapshot(); }
  std::size_t rules() const { return rules_->all(clock.wall()).size(); }

  // Faults.
  bool webhook_patches = true;
  bool owners_recreate = true;
  bool view_is_stale = false;  ///< the watch is broken, although its events go on arriving
  GateView gate_view;
  /// The next evictions answer this instead of being carried out.
  std::vector<base::Error> eviction_errors;
  /// The next evictions are carried out, but this answer is all we hear.
  std::vector<base::Error> lost_answers;

  /// Called for each eviction that is asked for.
  std::function<void(const kube::Eviction&)> on_request = [](const kube::Eviction&) {};
  /// Called for each eviction that is carried out, before it is; and for each pod bound.
  std::function<void(const cluster::Pod&)> on_eviction = [](const cluster::Pod&) {};
  std::function<void(const cluster::Pod&)> on_bound = [](const cluster::Pod&) {};

  // kube::ClusterWriter
  void evict(const kube::Eviction& eviction, std::function<void(base::Status)> done) override;
  void record(const kube::EventRecord& event) override { events_.push_back(event); }
  void report(const cluster::Policy& policy, const cluster::PolicyStatus& status) override;

  base::ManualClock clock{base::WallTime(base::Millis(1'700'000'000'000))};

 private:
  struct OwnerState {
    cluster::Owner owner;
    std::string resource;
    int created = 0;
  };
  void ensure_namespace(const std::string& namespace_name);
  std::vector<std::string> pod_names_of(const OwnerState& state) const;
  std::string next_pod_name(OwnerState& state);
  void fill_owner(OwnerState& state);
  void create_pod(OwnerState& state, const std::string& name);
  void begin_deletion(const std::string& pod_name);
  void delete_pod(const std::string& pod_name);
  void admit(cluster::Pod& pod);
  bool finish_termination();
  bool schedule_one();
  bool fits(const cluster::Pod& pod, const cluster::Node& node) const;
  void changed(cluster::Pod& pod);
  void tell(kube::ClusterEvent event) { undelivered_.emplace_back(std::move(event)); }
  void tell_owner(OwnerState& state);
  void tell_all();

  std::map<std::string, cluster::Node> nodes_;
  std::map<std::string, OwnerState> owners_;
  std::map<std::string, cluster::Pod> pods_;
  std::map<std::string, cluster::Namespace> namespaces_;
  std::map<std::string, cluster::Policy> policies_;
  int status_writes_ = 0;
  int next_version_ = 1;
  int evictions_ = 0;
  std::uint64_t controllers_ = 0;  ///< started so far
  std::vector<kube::EventRecord> events_;
  std::deque<Message> undelivered_;
  Inbox inbox_;
  base::Logger log_{clock, base::LogFormat::text, base::LogLevel::error, [](std::string_view) {}};
  std::unique_ptr<cluster::MemoryRuleStore> rules_;
  std::unique_ptr<Controller> controller_;
};

}  // namespace migadapter::controller
