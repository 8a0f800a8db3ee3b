// A cluster in a few lines for the controller's tests: owners that recreate pods, a webhook that
// answers from the rules, a scheduler that binds what fits, an API server that checks
// preconditions.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cluster/testing.h"
#include "controller/controller.h"
#include "decide/admit.h"

namespace migadapter::controller {

/// Plays every part of the cluster but ours, with virtual time. Pods ask for `nvidia.com/mig-…` in
/// one container "main"; every owner's template asks for one resource.
class World : public kube::ClusterWriter {
 public:
  World();

  void add_node(const cluster::Node& node);
  /// A ReplicaSet, or a StatefulSet whose pods keep their names, with this many pods.
  void add_owner(const std::string& name, const std::string& resource, int replicas,
                 cluster::OwnerKind kind = cluster::OwnerKind::replica_set);
  void scale(const std::string& owner, int replicas);
  void delete_pod(const std::string& name);

  /// Lets scheduler, owners and controller work until nothing changes any more.
  void settle();
  void pass(base::Millis time);

  /// "2g.10gb, pending 1g.5gb, …": what the owner's pods run with or wait for, sorted.
  std::string grants_of(const std::string& owner) const;
  int evictions() const { return evictions_; }
  std::vector<std::string> event_reasons() const;

  // Faults.
  bool webhook_patches = true;
  bool owners_recreate = true;
  GateView gate_view;
  /// The next evictions answer this instead of being carried out.
  std::vector<base::Error> eviction_errors;
  /// The next evictions are carried out, but this answer is all we hear.
  std::vector<base::Error> lost_answers;

  // kube::ClusterWriter
  void evict(const kube::Eviction& eviction, std::function<void(base::Status)> done) override;
  void record(const kube::EventRecord& event) override { events_.push_back(event); }

  base::ManualClock clock{base::WallTime(base::Millis(1'700'000'000'000))};

 private:
  struct OwnerState {
    cluster::Owner owner;
    std::string resource;
    int created = 0;
  };
  void fill_owner(OwnerState& state);
  void create_pod(OwnerState& state, const std::string& name);
  void admit(cluster::Pod& pod);
  bool schedule_one();
  bool fits(const cluster::Pod& pod, const cluster::Node& node) const;
  void changed(cluster::Pod& pod);
  void tell(kube::ClusterEvent event) { inbox_.push(std::move(event)); }
  void tell_owner(OwnerState& state);

  std::map<std::string, cluster::Node> nodes_;
  std::map<std::string, OwnerState> owners_;
  std::map<std::string, cluster::Pod> pods_;  ///< by name
  int next_version_ = 1;
  int evictions_ = 0;
  std::vector<kube::EventRecord> events_;
  Inbox inbox_;
  cluster::MemoryRuleStore rules_{1000};
  base::Logger log_{clock, base::LogFormat::text, base::LogLevel::error, [](std::string_view) {}};
  Controller controller_;
};

}  // namespace migadapter::controller
