#include "decide/contention.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "decide/fit.h"

namespace migadapter::decide {
namespace {

using cluster::NodeState;
using cluster::Pod;
using cluster::Snapshot;

Rival rival_of(const Snapshot& snapshot, const base::Name& uid, const base::Name& resource) {
  const Pod* pod = snapshot.find_pod(uid);
  MIGADAPTER_CHECK(pod != nullptr);
  return {pod, pod->requests.of(resource.view())};
}

bool claims(const Pod& pod, const NodeState& node, Claim claim) {
  const FitReason reason =
      claim == Claim::fits_now ? fits(pod, pod.requests, node) : fits_statically(pod, node);
  return reason == FitReason::fits;
}

/// Takes up to so many instances, whosesoever they are, from the last offer to the first.
void take_anywhere(std::vector<Offer>& offers, std::int64_t instances) {
  for (auto offer = offers.rbegin(); offer != offers.rend() && instances > 0; ++offer) {
    const std::int64_t taken = std::min(offer->left, instances);
    offer->left -= taken;
    instances -= taken;
  }
}

/// A rival whose nodes are all taken by those before it counts somewhere else: they might have left
/// it one.
void set_aside_for(std::vector<Offer>& offers, const Rival& rival, Claim claim) {
  bool claimed = false;
  for (auto offer = offers.rbegin(); offer != offers.rend(); ++offer) {
    if (!claims(*rival.pod, *offer->node, claim)) continue;
    claimed = true;
    if (offer->left < rival.instances) continue;
    offer->left -= rival.instances;
    return;
  }
  if (claimed) take_anywhere(offers, rival.instances);
}

bool all_taken(const std::vector<Offer>& offers) {
  return std::all_of(offers.begin(), offers.end(),
                     [](const Offer& offer) { return offer.left == 0; });
}

}  // namespace

std::int64_t Contention::instances() const {
  std::int64_t sum = others;
  for (const Rival& rival : rivals) sum += rival.instances;
  return sum;
}

Contention ahead_of(const Snapshot& snapshot, const Pod& pod, const base::Name& resource) {
  Contention contention;
  const std::pair own{pod.priority, pod.uid};
  for (const auto& place : snapshot.native_demand(resource)) {
    if (!(place > own)) break;
    contention.complete = contention.rivals.size() < kMostRivals;
    if (!contention.complete) break;
    contention.rivals.push_back(rival_of(snapshot, place.second, resource));
  }
  return contention;
}

Contention at_least(const Snapshot& snapshot, const base::Name& resource, std::int32_t priority) {
  Contention contention;
  const cluster::NativeDemand& natives = snapshot.native_demand(resource);
  contention.complete = natives.size() <= kMostRivals;
  if (!contention.complete) return contention;
  contention.others = snapshot.unbound_demand(resource) + snapshot.displaced_promises(resource);
  for (const auto& [rival_priority, uid] : natives) {
    const Rival rival = rival_of(snapshot, uid, resource);
    contention.others -= rival.instances;
    if (rival_priority >= priority) contention.rivals.push_back(rival);
  }
  return contention;
}

void set_aside(std::vector<Offer>& offers, const Contention& contention, Claim claim) {
  for (const Rival& rival : contention.rivals) {
    if (all_taken(offers)) return;
    set_aside_for(offers, rival, claim);
  }
  take_anywhere(offers, contention.others);
}

const NodeState* first_with(const std::vector<Offer>& offers, std::int64_t instances) {
  const auto found = std::find_if(offers.begin(), offers.end(), [instances](const Offer& offer) {
    return offer.left >= instances;
  });
  return found == offers.end() ? nullptr : found->node;
}

}  // namespace migadapter::decide
