#include "decide/grant_search.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "cluster/requests.h"
#include "decide/contention.h"
#include "decide/fit.h"
#include "decide/neighbours.h"
#include "decide/opt_out.h"
#include "decide/patched_pod.h"
#include "decide/policy.h"
#include "mig/profile.h"

namespace migadapter::decide {
namespace {

using cluster::FreeNode;
using cluster::NodeState;
using cluster::Snapshot;

/// The waste of `grant` on the node's own GPUs; nothing unless it is safe and allowed there.
std::optional<WasteShare> safe_share(const NodeState& node, const CandidateFilter& filter,
                                     const base::Name& grant) {
  if (grant == filter.demand) return WasteShare{};
  if (!is_allowed(node, grant, filter.largest)) return std::nullopt;
  const mig::Device* demanded = find_device(node, filter.demand);
  const mig::Device* granted = find_device(node, grant);
  if (demanded == nullptr || granted == nullptr) return std::nullopt;
  if (mig::safe_upgrade(*demanded, *granted) != mig::SafetyReason::safe) return std::nullopt;
  return share_of(mig::waste(*demanded, *granted), *node.model);
}

/// What the grant wastes on the different GPUs that have it free: rarely more than one answer.
std::set<WasteShare> safe_shares(const Snapshot& snapshot, const CandidateFilter& filter,
                                 const base::Name& grant) {
  std::set<WasteShare> shares;
  if (grant == filter.demand) return {WasteShare{}};
  for (const NodeState* example : snapshot.hardware_with_free(grant)) {
    if (const auto share = safe_share(*example, filter, grant)) shares.insert(*share);
  }
  return shares;
}

/// The search for a node of one candidate.
class NodeSearch {
 public:
  NodeSearch(const Snapshot& snapshot, const GrantSearch& search, const Candidate& candidate)
      : snapshot_(snapshot),
        search_(search),
        candidate_(candidate),
        patched_(
            patched_pod(snapshot, search.pod,
                        cluster::with_resource_replaced(cluster::demand_of(search.pod),
                                                        search.filter.demand, candidate.resource))),
        neighbours_(snapshot, patched_),
        instances_(patched_.requests.of(candidate.resource.view())) {}
  NodeSearch(const NodeSearch&) = delete;
  NodeSearch& operator=(const NodeSearch&) = delete;

  GrantResult run() {
    LimitVerdict limits =
        check_limits(snapshot_, {search_.pod, search_.filter.demand, candidate_.resource,
                                 patched_.requests, patched_.mig_requests});
    if (!limits.ok()) {
      return {std::nullopt, GrantObstacle::limited, limits.reason, std::move(limits.detail)};
    }
    const Contention contention =
        at_least(snapshot_, candidate_.resource, search_.lowest_rival_priority);
    if (!contention.complete) return refused(GrantObstacle::wanted_by_others);
    std::vector<Offer> offers = gather(contention.instances() + instances_);
    if (offers.empty()) return refused(GrantObstacle::no_node_fits);
    set_aside(offers, contention, Claim::could_run_there);
    const NodeState* node = first_with(offers, instances_);
    if (node == nullptr) return refused(GrantObstacle::wanted_by_others);
    GrantResult result;
    result.found.emplace(
        FoundGrant{candidate_.resource, node, patched_.requests, candidate_.share});
    return result;
  }

 private:
  /// Nodes that would do, best first, until they have so many instances.
  std::vector<Offer> gather(std::int64_t wanted) {
    std::vector<Offer> offers;
    for (const FreeNode& free : snapshot_.nodes_with_free(candidate_.resource)) {
      if (wanted <= 0) break;
      const NodeState& node = *snapshot_.find_node(free.node);
      if (!would_do(node)) continue;
      offers.push_back({&node, free.free});
      wanted -= free.free;
    }
    return offers;
  }

  bool would_do(const NodeState& node) {
    const auto share = safe_share(node, search_.filter, candidate_.resource);
    if (share != candidate_.share) return false;
    const FitReason reason = fits(neighbours_, patched_, node);
    if (reason != FitReason::fits && first_misfit_.empty()) {
      first_misfit_ = fmt::format(" ({}: {})", node.node.name.view(), to_string(reason));
    }
    return reason == FitReason::fits;
  }

  GrantResult refused(GrantObstacle obstacle) const {
    const bool misfit = obstacle == GrantObstacle::no_node_fits;
    return {std::nullopt, obstacle, {}, candidate_.resource.str() + (misfit ? first_misfit_ : "")};
  }

  const Snapshot& snapshot_;
  const GrantSearch& search_;
  const Candidate& candidate_;
  const cluster::Pod patched_;
  const Neighbours neighbours_;  ///< of patched_
  std::int64_t instances_;
  std::string first_misfit_;  ///< the first node that fails a filter, for people
};

/// Orders two grants that waste the same.
bool hurts_less(const FoundGrant& a, const FoundGrant& b) {
  const auto key = [](const FoundGrant& grant) {
    return std::tuple(-grant.node->free(grant.resource.view()), grant.node->node.name,
                      grant.resource);
  };
  return key(a) < key(b);
}

GrantResult try_candidate(const Snapshot& snapshot, const GrantSearch& search,
                          const Candidate& candidate) {
  if (snapshot.device_class_of(candidate.resource) != nullptr) {
    return {std::nullopt, GrantObstacle::served_by_claims, {}, candidate.resource.str()};
  }
  return NodeSearch(snapshot, search, candidate).run();
}

/// Nothing is free, or only what is larger than allowed.
GrantResult nothing_found(const Snapshot& snapshot, CandidateFilter filter) {
  GrantResult result;
  if (filter.largest.empty()) return result;
  filter.largest.clear();
  const std::vector<Candidate> larger = candidates(snapshot, filter);
  if (larger.empty()) return result;
  return {std::nullopt, GrantObstacle::not_allowed, {}, larger.front().resource.str()};
}

bool is_candidate(const CandidateFilter& filter, const base::Name& resource) {
  if (resource == filter.present) return false;
  return resource == filter.demand ? filter.demand_itself : allows(filter.policy, resource);
}

}  // namespace

std::vector<Candidate> candidates(const Snapshot& snapshot, const CandidateFilter& filter) {
  std::vector<Candidate> found;
  for (const base::Name& resource : snapshot.resources_with_free()) {
    if (!is_candidate(filter, resource)) continue;
    for (const WasteShare& share : safe_shares(snapshot, filter, resource)) {
      if (!filter.below || is_smaller(share, *filter.below)) found.push_back({resource, share});
    }
  }
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.share, a.resource) < std::tie(b.share, b.resource);
  });
  return found;
}

GrantResult find_grant(const Snapshot& snapshot, const GrantSearch& search) {
  const std::vector<Candidate> possible = candidates(snapshot, search.filter);
  if (possible.empty()) return nothing_found(snapshot, search.filter);
  GrantResult result;
  for (const Candidate& candidate : possible) {
    if (result.found && result.found->share < candidate.share) break;
    GrantResult tried = try_candidate(snapshot, search, candidate);
    if (tried.found) {
      const bool better = !result.found || hurts_less(*tried.found, *result.found);
      if (better) result = std::move(tried);
    } else if (!result.found && (result.detail.empty() || tried.obstacle > result.obstacle)) {
      result = std::move(tried);
    }
  }
  return result;
}

const mig::Device* find_device(const NodeState& node, const base::Name& resource) {
  const auto found = std::find_if(
      node.devices.begin(), node.devices.end(),
      [&resource](const cluster::NodeDevice& device) { return device.resource == resource; });
  return found == node.devices.end() ? nullptr : &found->device;
}

std::optional<WasteShare> waste_of(const NodeState& node, const base::Name& demand,
                                   const base::Name& granted) {
  const mig::Device* demanded = find_device(node, demand);
  const mig::Device* device = find_device(node, granted);
  if (demanded == nullptr || device == nullptr) return std::nullopt;
  return share_of(mig::waste(*demanded, *device), *node.model);
}

bool is_known_hardware(const Snapshot& snapshot, const base::Name& resource) {
  const auto& nodes = snapshot.nodes_offering(resource);
  if (!nodes.empty()) {
    return std::any_of(nodes.begin(), nodes.end(), [&](const base::Name& node) {
      return find_device(*snapshot.find_node(node), resource) != nullptr;
    });
  }
  const base::Result<mig::Profile> profile = mig::parse_resource(resource.view());
  const auto models = mig::gpu_models();
  return profile && std::any_of(models.begin(), models.end(), [&](const mig::GpuModel& model) {
           return mig::find_profile(model, *profile) != nullptr;
         });
}

}  // namespace migadapter::decide
