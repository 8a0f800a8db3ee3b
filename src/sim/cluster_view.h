// The simulated cluster as the API server would show it: the values that decisions are made from.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "cluster/store.h"
#include "sim/adapter.h"

namespace migadapter::sim {

/// Keeps a cluster::Store in step with what the engine does. Every job is a ReplicaSet of one, or
/// one of the replicas of its owner: what decide::eligible asks for.
class ClusterView {
 public:
  /// REQUIRES: nothing is taken yet; both outlive this.
  ClusterView(const Workload& workload, const Inventory& inventory);

  void job_came(int job) { scale(job, +1); }
  void job_went(int job) { scale(job, -1); }
  void pod_changed(const Pod& pod);
  void pod_gone(const Pod& pod);

  cluster::Store& store() { return store_; }
  const cluster::Snapshot& snapshot() const { return store_.snapshot(); }
  static base::Name uid_of(int pod);
  /// The pod's number. REQUIRES: it is there.
  int pod_of(const base::Name& uid) const { return pods_.at(uid); }
  base::Name owner_uid(int job) { return owner_of(job).reference.uid; }
  /// The device of that resource. REQUIRES: the workload has it.
  KindId kind_of(const base::Name& resource) const { return kinds_.at(resource); }

 private:
  struct OwnerState {
    cluster::OwnerReference reference;
    int jobs = 0;
  };
  OwnerState& owner_of(int job);
  void scale(int job, int change);
  cluster::Pod build(const Pod& pod);
  cluster::Node build(const Node& node) const;
  cluster::MigRequests requests_for(const Demand& demand, KindId kind) const;
  std::shared_ptr<const cluster::Constraints> constraints_for(ModelSet models);

  const Workload& workload_;
  const Inventory& inventory_;
  cluster::Store store_;
  std::vector<base::Name> resources_;             ///< by kind
  std::unordered_map<base::Name, KindId> kinds_;  ///< by resource
  std::vector<base::Name> nodes_;                 ///< by place in the inventory
  std::unordered_map<base::Name, int> pods_;      ///< by uid
  std::unordered_map<std::string, OwnerState> owners_;
  std::map<ModelSet, std::shared_ptr<const cluster::Constraints>> constraints_;
};

}  // namespace migadapter::sim
