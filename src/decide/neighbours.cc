#include "decide/neighbours.h"

#include <algorithm>

#include "decide/presence.h"
#include "decide/volumes.h"

namespace migadapter::decide {
namespace {

using cluster::Constraints;
using cluster::HostPort;
using cluster::NodeState;
using cluster::Pod;
using cluster::PodToCome;
using cluster::Promise;
using cluster::Snapshot;

const cluster::Labels& labels_of(const PodToCome& pod) {
  static const cluster::Labels none;
  return pod.labels ? *pod.labels : none;
}

bool conflict(const std::vector<HostPort>& ports, const std::vector<HostPort>& others) {
  return std::any_of(ports.begin(), ports.end(), [&others](const HostPort& port) {
    return std::any_of(others.begin(), others.end(),
                       [&port](const HostPort& other) { return cluster::conflict(port, other); });
  });
}

/// https://github.com/kubernetes/kubernetes/tree/master/pkg/scheduler/framework/plugins/nodeports
bool takes_a_port_of(const Snapshot& snapshot, const Pod& pod, const base::Name& node) {
  const std::vector<HostPort>& ports = pod.constraints->host_ports;
  if (ports.empty()) return false;
  const cluster::PodGroup& holders = snapshot.neighbours().with_host_ports(node);
  return std::any_of(holders.begin(), holders.end(), [&](const cluster::Occupant* other) {
    return presence(*other, pod) != Presence::gone &&
           conflict(ports, other->constraints->host_ports);
  });
}

bool is_seen(const Snapshot& snapshot, const std::vector<cluster::AffinityTerm>& terms,
             const PodToCome& pod) {
  return std::any_of(terms.begin(), terms.end(), [&](const cluster::AffinityTerm& term) {
    return concerns(snapshot, term, pod.name_space, labels_of(pod));
  });
}

bool counts_in_spread(const Constraints& constraints, const base::Name& name_space,
                      const PodToCome& pod) {
  return pod.name_space == name_space &&
         std::any_of(constraints.spread.begin(), constraints.spread.end(),
                     [&pod](const cluster::SpreadConstraint& spread) {
                       return selects(spread.pods, labels_of(pod));
                     });
}

/// Whether the pod's place depends on where that pod comes to run. The scheduler puts it where it
/// likes: the node of a promise is where it provably fits, no more.
bool depends_on(const Snapshot& snapshot, const PodToCome& self, const PodToCome& to_come) {
  const Constraints& own = *self.constraints;
  const Constraints& other = *to_come.constraints;
  return is_seen(snapshot, own.affinity, to_come) ||
         is_seen(snapshot, own.anti_affinity, to_come) ||
         is_seen(snapshot, other.anti_affinity, self) ||
         counts_in_spread(own, self.name_space, to_come) ||
         conflict(own.host_ports, other.host_ports);
}

bool is_unsettled(const Snapshot& snapshot, const Pod& pod) {
  const auto& promises = snapshot.promises();
  if (promises.empty()) return false;
  const PodToCome self = cluster::successor_of(pod);
  return std::any_of(promises.begin(), promises.end(), [&](const auto& entry) {
    const Promise& promise = entry.second;
    const bool own = pod.granted && pod.granted->rule_id == promise.rule_id;
    return !own && (!promise.pod || depends_on(snapshot, self, *promise.pod));
  });
}

}  // namespace

Neighbours::Neighbours(const Snapshot& snapshot, const Pod& pod)
    : snapshot_(snapshot),
      pod_(pod),
      unsettled_(is_unsettled(snapshot, pod)),
      affinity_(snapshot, pod),
      spread_(snapshot, pod) {}

FitReason Neighbours::judge(const NodeState& node) const {
  if (unsettled_) return FitReason::neighbour_moving;
  if (takes_a_port_of(snapshot_, pod_, node.node.name)) return FitReason::host_port_taken;
  if (!affinity_.is_drawn_to(node.node)) return FitReason::pod_affinity_mismatch;
  if (affinity_.is_kept_off(node.node)) return FitReason::pod_anti_affinity;
  if (!spread_.allows(node.node)) return FitReason::spread_skewed;
  if (!allows_volumes(snapshot_, pod_, node.node)) return FitReason::volume_elsewhere;
  const bool attaches = attaches_volumes(snapshot_, pod_, node.node);
  return attaches ? FitReason::fits : FitReason::volumes_limited;
}

FitReason fits(const Neighbours& neighbours, const Pod& pod, const NodeState& state) {
  const FitReason reason = fits(pod, pod.requests, state);
  return reason == FitReason::fits ? neighbours.judge(state) : reason;
}

}  // namespace migadapter::decide
