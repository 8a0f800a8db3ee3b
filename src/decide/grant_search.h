// The search for an instance that a pod may be given instead of the one it asks for; upgrade and
// restore are two uses of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cluster/policy.h"
#include "cluster/snapshot.h"
#include "decide/namespace_limits.h"
#include "decide/waste_share.h"
#include "mig/profile.h"

namespace migadapter::decide {

/// A resource of which some nodes have a free instance that is as good as the demanded one, and
/// what it wastes there.
struct Candidate {
  base::Name resource;
  WasteShare share;
};

/// What may be given for `demand`.
struct CandidateFilter {
  base::Name demand;
  base::Name present;          ///< what the pod asks for now, which is never a candidate
  bool demand_itself = false;  ///< the demanded resource is a candidate too, and wastes nothing
  std::optional<WasteShare> below;         ///< only what is_smaller than this
  cluster::UpgradePolicy policy = {};      ///< only what it allows, and the demand itself
  std::vector<mig::Profile> largest = {};  ///< … and what is no larger than any of these
};

/// Every candidate, least waste first, then by name. A resource that wastes differently on
/// different GPU models is as many candidates.
std::vector<Candidate> candidates(const cluster::Snapshot& snapshot, const CandidateFilter& filter);

/// Why no candidate was taken; the furthest that any of them came.
enum class GrantObstacle {
  none_free,
  not_allowed,
  served_by_claims,
  limited,
  no_node_fits,
  wanted_by_others
};

struct GrantSearch {
  const cluster::Pod& pod;
  CandidateFilter filter;
  /// Pods of at least this priority that ask for a candidate themselves keep it.
  std::int32_t lowest_rival_priority = 0;
};

struct FoundGrant {
  base::Name resource;
  const cluster::NodeState* node = nullptr;
  cluster::ResourceList requests;  ///< of the patched pod, all resources
  WasteShare share;
};

struct GrantResult {
  std::optional<FoundGrant> found;
  GrantObstacle obstacle = GrantObstacle::none_free;  ///< meaningful unless found
  LimitReason limit = LimitReason::within_limits;     ///< why, where the obstacle is `limited`
  std::string detail;                                 ///< the resource and node concerned
};

/// Least waste; then the node that keeps the most instances of the resource; then the names of node
/// and resource. The node passes every filter we model with the patched pod.
GrantResult find_grant(const cluster::Snapshot& snapshot, const GrantSearch& search);

/// The device that stands behind the resource on the node; nullptr when no fact is known.
const mig::Device* find_device(const cluster::NodeState& node, const base::Name& resource);

/// What instances of `granted` waste on the node when `demand` was asked for; nothing when the
/// hardware is unknown.
std::optional<WasteShare> waste_of(const cluster::NodeState& node, const base::Name& demand,
                                   const base::Name& granted);

/// Whether the hardware behind the resource is known on some node that offers it, or in the table
/// when none does.
bool is_known_hardware(const cluster::Snapshot& snapshot, const base::Name& resource);

}  // namespace migadapter::decide
