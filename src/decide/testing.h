// Clusters made of chance, and what must hold of every decision about them; for the property test
// and the fuzzer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store.h"
#include "cluster/testing.h"
#include "decide/fit.h"
#include "decide/grant_search.h"
#include "decide/namespace_limits.h"
#include "decide/neighbours.h"
#include "decide/upgrade.h"

namespace migadapter::decide::testing {

/// A number of [0, bound).
using Choose = std::function<std::uint64_t(std::uint64_t bound)>;

inline constexpr std::array<std::string_view, 9> kResources = {
    "nvidia.com/mig-1g.5gb",     "nvidia.com/mig-1g.5gb.me", "nvidia.com/mig-1g.10gb",
    "nvidia.com/mig-2g.10gb",    "nvidia.com/mig-3g.20gb",   "nvidia.com/mig-4g.20gb",
    "nvidia.com/mig-1g.10gb.me", "nvidia.com/mig-2g.20gb",   "nvidia.com/mig-3g.40gb"};
inline constexpr std::array<std::string_view, 3> kProducts = {"NVIDIA-A100-SXM4-40GB",
                                                              "NVIDIA-H100-80GB-HBM3", "ACME-9000"};

inline std::string numbered(std::string_view what, std::uint64_t number) {
  return std::string(what) + "-" + std::to_string(number);
}

inline void add_node(cluster::Store& store, std::uint64_t number, const Choose& choose) {
  auto node = cluster::testing::make_node(numbered("node", number));
  node.product(kProducts[choose(kProducts.size())]).label("pool", numbered("pool", choose(2)));
  for (const std::string_view resource : kResources) {
    node.offers(resource, static_cast<std::int64_t>(choose(3)));
  }
  if (choose(8) == 0) node.cordoned();
  if (choose(8) == 0) node.taint("dedicated");
  if (choose(8) == 0) node.offers("pods", static_cast<std::int64_t>(choose(4)));
  store.upsert(node.build());
}

/// Now and then the pod demands something of those around it.
inline cluster::Constraints terms_by_chance(const Choose& choose) {
  constexpr std::array<std::string_view, 2> kTopologies = {"pool", "kubernetes.io/hostname"};
  const auto term = [&choose, &kTopologies] {
    return cluster::testing::term_for(numbered("app", choose(3)), kTopologies[choose(2)]);
  };
  cluster::Constraints constraints;
  if (choose(8) == 0) constraints.affinity = {term()};
  if (choose(8) == 0) constraints.anti_affinity = {term()};
  if (choose(8) == 0) {
    const cluster::AffinityTerm counted = term();
    cluster::SpreadConstraint spread;
    spread.max_skew = static_cast<std::int64_t>(1 + choose(2));
    spread.topology_key = counted.topology_key;
    spread.pods = counted.pods;
    constraints.spread = {spread};
  }
  if (choose(8) == 0) constraints.host_ports = {{base::Name(), base::Name("TCP"), 80}};
  return constraints;
}

/// A pod that runs somewhere, or waits; upgraded or not. Its owner is one for its demand.
inline void add_pod(cluster::Store& store, std::uint64_t number, std::uint64_t nodes,
                    const Choose& choose) {
  const std::string_view resource = kResources[choose(kResources.size())];
  const auto instances = static_cast<std::int64_t>(1 + choose(5) / 4);
  const std::string owner = "owner-" + std::string(resource) + std::to_string(instances);
  const cluster::MigRequests demand = {cluster::testing::mig(resource, instances)};
  store.upsert(cluster::testing::make_owner(owner, demand, 100));
  auto pod = cluster::testing::make_pod(numbered("pod", number));
  pod.owner(cluster::testing::owned_by(owner)).priority(static_cast<std::int32_t>(choose(3)));
  if (choose(6) == 0) {
    pod.asks(kResources[choose(kResources.size())], instances).instead_of(demand, "");
  } else {
    pod.asks(resource, instances);
  }
  cluster::Constraints constraints = terms_by_chance(choose);
  const base::Name pool(numbered("pool", choose(2)));
  if (choose(3) == 0) constraints.node_selector = {{base::Name("pool"), pool}};
  pod.constrained(constraints)
      .label("app", numbered("app", choose(3)))
      .uses("cpu", static_cast<std::int64_t>(choose(40'000)));
  pod.created_at(base::WallTime{} + base::Millis{choose(5)});
  if (choose(2) == 0) {
    pod.on(numbered("node", choose(nodes)));
  } else {
    pod.waiting();
  }
  store.upsert(pod.build());
}

inline void fill(cluster::Store& store, const Choose& choose) {
  const std::uint64_t nodes = 1 + choose(5);
  const std::uint64_t pods = choose(30);
  store.upsert(cluster::testing::make_namespace());
  for (std::uint64_t number = 0; number < nodes; ++number) add_node(store, number, choose);
  for (std::uint64_t number = 0; number < pods; ++number) add_pod(store, number, nodes, choose);
  if (choose(4) == 0) {
    const base::Name limited(kResources[choose(kResources.size())]);
    const auto hard = static_cast<std::int64_t>(choose(8));
    const auto used = static_cast<std::int64_t>(choose(8));
    store.upsert(cluster::testing::make_quota("q", {{limited, hard, used}}));
  }
}

/// Room counted anew from the pods, not from the snapshot's sums. The pods around are judged as the
/// decision judges them: what they mean has tests of its own.
inline bool fits_by_counting(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                             const cluster::ResourceList& requests, const cluster::Node& node) {
  cluster::ResourceList left = node.allocatable;
  left.subtract({{base::Name("pods"), 1}});
  for (const auto& [uid, other] : snapshot.pods()) {
    if (other.node != node.name || other.finished()) continue;
    left.subtract(other.requests);
    left.subtract({{base::Name("pods"), 1}});
  }
  if (left.of("pods") < 0) return false;
  for (const auto& [resource, amount] : requests) {
    if (amount > left.of(resource.view())) return false;
  }
  const cluster::NodeState& state = *snapshot.find_node(node.name);
  return fits_statically(pod, state) == FitReason::fits &&
         Neighbours(snapshot, pod).judge(state) == FitReason::fits;
}

/// A possible grant, found by asking every device of every node.
struct Possible {
  base::Name resource;
  base::Name node;
  WasteShare share;
};

inline std::vector<Possible> possible_grants(const cluster::Snapshot& snapshot,
                                             const cluster::Pod& pod, const base::Name& demand) {
  std::vector<Possible> possible;
  for (const auto& [name, state] : snapshot.nodes()) {
    const auto is_possible = [&](const base::Name& grant) {
      const auto granted = cluster::with_resource_replaced(cluster::demand_of(pod), demand, grant);
      const auto requests = cluster::requests_with(pod, granted);
      return grant != pod.mig_requests.front().resource &&
             check_limits(snapshot, {pod, demand, grant, requests, granted}).ok() &&
             fits_by_counting(snapshot, pod, requests, state.node);
    };
    if (is_possible(demand)) possible.push_back({demand, name, {}});
    const mig::Device* demanded = find_device(state, demand);
    if (demanded == nullptr) continue;
    for (const cluster::NodeDevice& device : state.devices) {
      const bool safe = mig::safe_upgrade(*demanded, device.device) == mig::SafetyReason::safe;
      if (!safe || !is_possible(device.resource)) continue;
      const WasteShare share = share_of(mig::waste(*demanded, device.device), *state.model);
      possible.push_back({device.resource, name, share});
    }
  }
  return possible;
}

/// What is wrong with the decision about a pod that waits; empty when nothing is.
inline std::string fault_of(const cluster::Snapshot& snapshot, const cluster::Pod& pod,
                            const UpgradeDecision& decision) {
  const bool upgraded = decision.reason == UpgradeReason::upgraded;
  if (upgraded != decision.grant.has_value()) return "a grant and its reason differ";
  const bool searched = upgraded || decision.reason == UpgradeReason::nothing_larger_free ||
                        decision.reason == UpgradeReason::unknown_hardware ||
                        decision.reason == UpgradeReason::no_node_fits;
  if (!searched) return {};
  bool found = false;
  const base::Name demand = cluster::demand_of(pod).front().resource;
  for (const Possible& each : possible_grants(snapshot, pod, demand)) {
    const bool wanted = snapshot.unbound_demand(each.resource) != 0;
    if (!upgraded && !wanted) return "refused, but " + each.resource.str() + " would do";
    if (!upgraded) continue;
    const Grant& grant = *decision.grant;
    found = found || (each.resource == grant.grant && each.node == grant.node);
    const auto granted_share = grant.grant == demand
                                   ? WasteShare{}
                                   : share_of(grant.waste, *snapshot.find_node(grant.node)->model);
    if (!wanted && each.share < granted_share) return each.resource.str() + " wastes less";
  }
  return upgraded && !found ? "the grant is impossible" : "";
}

}  // namespace migadapter::decide::testing
