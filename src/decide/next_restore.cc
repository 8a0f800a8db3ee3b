#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "decide/grant_search.h"
#include "decide/restore.h"

namespace migadapter::decide {
namespace {

using cluster::NodeState;
using cluster::Pod;
using cluster::Snapshot;

/// What pods of one demand and grant could reclaim at most; nothing when no smaller instance is
/// free anywhere. The same for all of them (property_test.cc holds the table of GPU models to it),
/// so it is looked up once.
struct Prospect {
  base::Name demand;
  base::Name granted;
  RestoreMode mode = RestoreMode::eager;
  std::optional<WasteShare> reclaimable;
};

struct Contender {
  const Pod* pod = nullptr;
  WasteShare reclaimable;
};

bool is_older(const Pod& a, const Pod& b) {
  if (a.created != b.created) return a.created < b.created;
  return a.name_space != b.name_space ? a.name_space < b.name_space : a.name < b.name;
}

/// A heap's order: the last is the most promising.
bool promises_less(const Contender& a, const Contender& b) {
  if (a.reclaimable != b.reclaimable) return a.reclaimable < b.reclaimable;
  return is_older(*b.pod, *a.pod);
}

class Prospects {
 public:
  explicit Prospects(const Snapshot& snapshot) : snapshot_(snapshot) {}

  /// The most that the pod could reclaim in that mode; what a policy allows is not looked at.
  std::optional<WasteShare> of(const Pod& pod, RestoreMode mode) {
    const auto demand = cluster::single_resource(pod.granted->demand);
    const auto granted = cluster::single_resource(pod.mig_requests);
    if (!demand || !granted) return std::nullopt;
    for (const Prospect& prospect : known_) {
      const bool same =
          prospect.demand == *demand && prospect.granted == *granted && prospect.mode == mode;
      if (same) return prospect.reclaimable;
    }
    const NodeState* node = snapshot_.find_node(pod.node);
    const auto waste = node == nullptr ? std::nullopt : waste_of(*node, *demand, *granted);
    if (!waste) return std::nullopt;
    const bool unneeded =
        mode == RestoreMode::when_needed && snapshot_.native_demand(*granted).empty();
    const auto most = unneeded ? std::nullopt : most_reclaimable(*demand, *granted, *waste);
    known_.push_back({*demand, *granted, mode, most});
    return most;
  }

 private:
  std::optional<WasteShare> most_reclaimable(const base::Name& demand, const base::Name& granted,
                                             const WasteShare& waste) const {
    const std::vector<Candidate> smaller = candidates(snapshot_, {demand, granted, true, waste});
    if (smaller.empty()) return std::nullopt;
    return reclaimed(waste, smaller.front().share);
  }

  const Snapshot& snapshot_;
  std::vector<Prospect> known_;  ///< as many as pairs of profiles are in use: a few
};

/// The pods that could be restored, as a heap.
std::vector<Contender> contenders(const Snapshot& snapshot, const RestorePolicy& defaults,
                                  const std::function<bool(const Pod&)>& held) {
  Prospects prospects(snapshot);
  std::vector<Contender> found;
  for (const base::Name& uid : snapshot.upgraded()) {
    const Pod* pod = snapshot.find_pod(uid);
    MIGADAPTER_CHECK(pod != nullptr);
    const PodPolicy policy = policy_for(snapshot, *pod, defaults);
    if (policy.forbids_moves() || policy.restore.mode == RestoreMode::never) continue;
    const auto reclaimable = prospects.of(*pod, policy.restore.mode);
    if (reclaimable && !held(*pod)) found.push_back({pod, *reclaimable});
  }
  std::make_heap(found.begin(), found.end(), promises_less);
  return found;
}

/// The decision with what it really reclaims.
struct Choice {
  Contender contender;
  RestoreDecision decision;
};

}  // namespace

std::optional<NextRestore> next_restore(const Snapshot& snapshot, const RestorePolicy& defaults,
                                        base::WallTime now,
                                        const std::function<bool(const Pod&)>& held) {
  if (snapshot.resources_with_free().empty()) return std::nullopt;
  std::vector<Contender> heap = contenders(snapshot, defaults, held);
  std::optional<Choice> best;
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), promises_less);
    Contender contender = heap.back();
    heap.pop_back();
    if (best && promises_less(contender, best->contender)) break;
    const PodPolicy policy = policy_for(snapshot, *contender.pod, defaults);
    RestoreDecision decision = restore(snapshot, *contender.pod, policy, now);
    if (!decision.grant) continue;
    const NodeState* node = snapshot.find_node(contender.pod->node);
    contender.reclaimable = share_of(decision.reclaimed, *node->model);
    const bool better = !best || promises_less(best->contender, contender);
    if (better) best = Choice{contender, std::move(decision)};
  }
  if (!best) return std::nullopt;
  return NextRestore{best->contender.pod->uid, std::move(best->decision)};
}

}  // namespace migadapter::decide
