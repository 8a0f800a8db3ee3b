#include "decide/fit.h"

#include <algorithm>

#include "base/check.h"
#include "decide/neighbours.h"
#include "decide/placement_rules.h"
#include "decide/volumes.h"
#include "mig/profile.h"

namespace migadapter::decide {
namespace {

using cluster::NodeState;
using cluster::Pod;
using cluster::ResourceAmount;
using cluster::ResourceList;
using cluster::Snapshot;

struct Text {
  std::string_view word;
  std::string_view sentence;
};

Text text_of(FitReason reason) {
  switch (reason) {
    case FitReason::fits:
      return {"Fits", "The pod fits the node."};
    case FitReason::node_cordoned:
      return {"NodeCordoned", "The node is cordoned."};
    case FitReason::node_repartitioning:
      return {"NodeRepartitioning", "The node's GPUs are being repartitioned."};
    case FitReason::untolerated_taint:
      return {"UntoleratedTaint", "The node has a taint that the pod does not tolerate."};
    case FitReason::selector_mismatch:
      return {"SelectorMismatch", "The node does not match the pod's nodeSelector."};
    case FitReason::affinity_mismatch:
      return {"AffinityMismatch", "The node does not match the pod's required node affinity."};
    case FitReason::insufficient_resource:
      return {"InsufficientResource", "The node has too little left of a resource."};
    case FitReason::too_many_pods:
      return {"TooManyPods", "The node runs as many pods as it may."};
    case FitReason::neighbour_moving:
      return {
          "NeighbourMoving",
          "Another pod that counts for this one's affinity, spread or ports is being moved, and "
          "it is not known yet where it will run."};
    case FitReason::host_port_taken:
      return {"HostPortTaken", "A pod on the node takes a hostPort that the pod asks for."};
    case FitReason::pod_affinity_mismatch:
      return {"PodAffinityMismatch",
              "No pod that the pod's required affinity asks for surely runs in the node's "
              "topology."};
    case FitReason::pod_anti_affinity:
      return {"PodAntiAffinity",
              "Required anti-affinity, the pod's own or that of another one, keeps it off the "
              "node's topology."};
    case FitReason::spread_skewed:
      return {"SpreadSkewed",
              "On the node the pod would break a topology spread constraint of its own."};
    case FitReason::volume_elsewhere:
      return {"VolumeElsewhere",
              "A persistent volume of the pod can be used on other nodes or in other zones only."};
    case FitReason::volumes_limited:
      return {"VolumesLimited",
              "The CSI driver of a volume is not on the node or attaches so many volumes only, and "
              "what it has attached is not counted."};
  }
  MIGADAPTER_CHECK(false);
  return {};
}

/// A cordon is a taint by another name: whoever tolerates this passes it.
const cluster::Taint& cordon_taint() {
  static const cluster::Taint taint{base::Name("node.kubernetes.io/unschedulable"), base::Name(),
                                    cluster::TaintEffect::no_schedule};
  return taint;
}

bool is_alike_default(const Snapshot& snapshot, const base::Name& scheduler) {
  return scheduler.empty() || snapshot.scheduler().alike_schedulers.contains(scheduler);
}

/// The scheduler may serve such a resource by claims of devices (KEP-5004), which no node shows as
/// taken.
std::string served_by_claims(const Snapshot& snapshot, const Pod& pod) {
  for (const cluster::MigRequest& request : pod.mig_requests) {
    const cluster::DeviceClass* served = snapshot.device_class_of(request.resource);
    if (served != nullptr)
      return "DeviceClass " + served->name.str() + " serves " + request.resource.str();
  }
  return {};
}

}  // namespace

std::string_view to_string(FitReason reason) {
  return text_of(reason).word;
}

std::string_view explain(FitReason reason) {
  return text_of(reason).sentence;
}

FitReason fits_statically(const Pod& pod, const NodeState& state) {
  MIGADAPTER_CHECK(pod.constraints != nullptr);
  const cluster::Constraints& constraints = *pod.constraints;
  const cluster::Node& node = state.node;
  if (node.unschedulable && !tolerates(constraints.tolerations, cordon_taint())) {
    return FitReason::node_cordoned;
  }
  if (cluster::is_being_repartitioned(node)) return FitReason::node_repartitioning;
  if (!tolerates_node(constraints.tolerations, node)) return FitReason::untolerated_taint;
  if (!matches_node_selector(constraints.node_selector, node)) return FitReason::selector_mismatch;
  if (constraints.has_node_affinity && !matches_node_affinity(constraints.node_affinity, node)) {
    return FitReason::affinity_mismatch;
  }
  return FitReason::fits;
}

FitReason has_room(const ResourceList& requests, const NodeState& state) {
  const auto lacks = [&state](const ResourceAmount& request) {
    return request.amount > 0 && request.amount > state.free(request.resource.view());
  };
  if (std::any_of(requests.begin(), requests.end(), lacks)) return FitReason::insufficient_resource;
  if (state.pods + 1 > state.node.allocatable.of("pods")) return FitReason::too_many_pods;
  return FitReason::fits;
}

FitReason fits(const Pod& pod, const ResourceList& requests, const NodeState& state) {
  const FitReason reason = fits_statically(pod, state);
  return reason == FitReason::fits ? has_room(requests, state) : reason;
}

bool fits_somewhere(const Snapshot& snapshot, const Pod& pod) {
  const Neighbours neighbours(snapshot, pod);
  const auto mig = std::find_if(
      pod.requests.begin(), pod.requests.end(),
      [](const ResourceAmount& request) { return mig::is_mig_resource(request.resource.view()); });
  if (mig != pod.requests.end()) {
    const auto& nodes = snapshot.nodes_with_free(mig->resource);
    return std::any_of(nodes.begin(), nodes.end(), [&](const cluster::FreeNode& free) {
      return fits(neighbours, pod, *snapshot.find_node(free.node)) == FitReason::fits;
    });
  }
  const auto& nodes = snapshot.nodes();
  return std::any_of(nodes.begin(), nodes.end(), [&](const auto& node) {
    return fits(neighbours, pod, node.second) == FitReason::fits;
  });
}

std::string unmodelled_feature(const Snapshot& snapshot, const Pod& pod) {
  MIGADAPTER_CHECK(pod.constraints != nullptr);
  const base::Name& scheduler = pod.constraints->scheduler;
  if (!is_alike_default(snapshot, scheduler)) return "spec.schedulerName: " + scheduler.str();
  if (std::string claim = unprovable_claim(snapshot, pod); !claim.empty()) return claim;
  if (std::string served = served_by_claims(snapshot, pod); !served.empty()) return served;
  const auto& unmodelled = pod.constraints->unmodelled;
  return unmodelled.empty() ? std::string() : std::string(to_string(unmodelled.front()));
}

}  // namespace migadapter::decide
