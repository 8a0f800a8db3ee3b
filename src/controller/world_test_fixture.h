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

#include "cluster/rule_view.h"
#include "cluster/testing.h"
#include "controller/actor_test_fixture.h"
#include "decide/admit.h"

namespace migadapter::controller {

/// Plays every part of the cluster but ours, with virtual time. Pods ask for `nvidia.com/mig-…` in
/// one container "main"; every owner's template asks for one resource. Owners and pods go by
/// "namespace/name". One process acts and one replica of the webhook answers unless the test adds
/// more.
class World : public ApiServer {
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

  /// Starts the controller of the process anew: what it remembered is lost.
  void restart_controller(std::size_t actor = 0);
  /// One more process, which hears of everything and does not hold the lease.
  Actor& add_actor();
  Actor& actor(std::size_t index = 0) { return *actors_.at(index); }
  /// One more replica of the webhook; which of them answers a review goes round.
  void add_webhook();
  /// The replica dies: it answers no more and its Lease is no longer renewed.
  void kill_webhook(std::size_t index) { webhooks_.at(index).alive = false; }
  /// Deletes the rules as a person does, or an earlier process.
  void delete_rules();
  /// A rule that nobody of us has written.
  void add_rule(cluster::Rule rule);

  /// Lets owners, kubelets, scheduler and webhook do one thing; nobody tells the controller yet.
  /// False when there was nothing to do.
  bool cluster_step();
  /// Delivers up to so many messages to each controller and lets it work. A process that died is
  /// started anew. False without messages.
  bool controller_step(std::size_t most_messages = SIZE_MAX);
  /// Lets all of them work until nothing changes any more.
  void settle();
  void pass(base::Millis time);

  /// "2g.10gb, pending 1g.5gb, …": what the owner's pods run with or wait for, sorted.
  std::string grants_of(const std::string& owner) const;
  int pods_of(const std::string& owner) const;
  int evictions() const { return evictions_; }
  std::vector<std::string> event_reasons() const;
  const cluster::Snapshot& seen() const { return actors_.front()->controller().snapshot(); }
  /// Rules of moves; and those that are kept because a move failed.
  std::size_t rules() const;
  std::size_t kept_rules() const { return rules_.size() - rules(); }
  const std::map<std::string, cluster::Rule>& all_rules() const { return rules_; }
  int restarts() const { return restarts_; }

  // Faults.
  bool webhook_patches = true;
  bool owners_recreate = true;
  bool view_is_stale = false;  ///< the watch is broken, although its events go on arriving
  bool rules_travel = true;    ///< to the replicas of the webhook
  bool pods_start = true;      ///< else they stay pending on their node
  GateView& gate_view() { return actors_.front()->gate_view; }
  /// The next evictions answer this instead of being carried out.
  std::vector<base::Error> eviction_errors;
  /// The next evictions are carried out, but this answer is all we hear.
  std::vector<base::Error> lost_answers;
  /// The same for writes of rules.
  std::vector<base::Error> rule_errors;
  std::vector<base::Error> lost_rule_answers;

  /// Called for each eviction that is asked for.
  std::function<void(const kube::Eviction&)> on_request = [](const kube::Eviction&) {};
  /// Called for each eviction that is carried out, before it is; and for each pod bound.
  std::function<void(const cluster::Pod&)> on_eviction = [](const cluster::Pod&) {};
  std::function<void(const cluster::Pod&)> on_bound = [](const cluster::Pod&) {};
  /// Called when a process that died has been started anew.
  std::function<void()> on_restart = [] {};

  /// The kubelet cannot give the pod its device: it fails, and the watch no longer shows it.
  void refuse_start(const std::string& owner);

  // ApiServer
  base::Status evict(const kube::Eviction& eviction) override;
  base::Result<kube::RuleVersion> create_rule(const cluster::Rule& rule) override;
  base::Result<kube::RuleVersion> write_rule_status(const cluster::Rule& rule) override;
  base::Result<kube::RuleVersion> remove_rule(const cluster::Rule& rule) override;
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
  struct Webhook {
    std::unique_ptr<cluster::RuleView> view;
    std::deque<kube::ClusterEvent> undelivered;
    cluster::Replica lease;
    bool alive = true;
  };
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
  void tell(const kube::ClusterEvent& event);
  void tell_owner(OwnerState& state);
  void tell_all(Actor& actor);
  void tell_rule(const kube::ClusterEvent& event);
  bool serve_a_rule();
  Webhook* next_webhook();
  void renew(Webhook& webhook);
  base::Result<kube::RuleVersion> answer_rule(const kube::RuleVersion& version);
  base::Result<cluster::Rule*> find_rule(const cluster::Rule& rule);

  std::map<std::string, cluster::Node> nodes_;
  std::map<std::string, OwnerState> owners_;
  std::map<std::string, cluster::Pod> pods_;
  std::map<std::string, cluster::Namespace> namespaces_;
  std::map<std::string, cluster::Policy> policies_;
  int status_writes_ = 0;
  int next_version_ = 1;
  int evictions_ = 0;
  int restarts_ = 0;
  std::vector<kube::EventRecord> events_;
  std::map<std::string, cluster::Rule> rules_;
  std::vector<Webhook> webhooks_;
  std::size_t next_webhook_ = 0;
  std::vector<std::unique_ptr<Actor>> actors_;
};

}  // namespace migadapter::controller
