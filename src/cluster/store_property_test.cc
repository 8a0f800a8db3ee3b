// The store against its definition: after every step of a random sequence of changes, each sum and
// each index equals what a walk over the whole cluster finds.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"
#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::make_node;
using testing::make_pod;
using testing::name;

const std::vector<std::string> kNodes = {"a", "b", "c"};
const std::vector<std::string> kNamespaces = {"default", "train"};
const std::vector<std::string> kRules = {"r1", "r2", "r3"};
const std::vector<std::string> kMigResources = {"nvidia.com/mig-1g.5gb", "nvidia.com/mig-2g.10gb",
                                                "nvidia.com/mig-3g.20gb"};
constexpr int kPodCount = 8;
constexpr int kLimitCount = 3;
constexpr int kSteps = 400;
constexpr std::uint64_t kSeeds = 25;

/// The same cluster as plain tables.
struct Tables {
  std::map<base::Name, Pod> pods;
  std::map<base::Name, Node> nodes;
  std::map<std::string, Promise> promises;
  std::map<base::Name, ResourceQuota> quotas;
};

// What a walk finds. Every function is the definition of one sum or index, and nothing more.

bool carries(const Pod& pod, const std::string& rule_id) {
  return pod.granted && pod.granted->rule_id == rule_id;
}

bool stands(const Tables& tables, const std::string& rule_id) {
  if (!tables.promises.contains(rule_id)) return false;
  for (const auto& [uid, pod] : tables.pods) {
    if (carries(pod, rule_id) && !occupied_node(pod).empty()) return false;
  }
  return true;
}

struct Taken {
  ResourceList used;
  std::int64_t pods = 0;
};

Taken taken_on(const Tables& tables, const base::Name& node) {
  Taken taken;
  const auto add = [&taken](const ResourceList& requests) {
    taken.used.add(requests);
    ++taken.pods;
  };
  for (const auto& [uid, pod] : tables.pods) {
    if (occupied_node(pod) == node) add(pod.requests);
  }
  for (const auto& [rule_id, promise] : tables.promises) {
    if (promise.node == node && stands(tables, rule_id)) add(promise.requests);
  }
  return taken;
}

bool is_demand(const Tables& tables, const Pod& pod) {
  return seeks_node(pod) && !(pod.granted && stands(tables, pod.granted->rule_id));
}

std::set<FreeNode> nodes_with_free(const Tables& tables, const std::string& resource) {
  std::set<FreeNode> nodes;
  for (const auto& [node_name, node] : tables.nodes) {
    const std::int64_t free =
        node.allocatable.of(resource) - taken_on(tables, node_name).used.of(resource);
    if (free > 0) nodes.insert({free, node_name});
  }
  return nodes;
}

std::set<base::Name> nodes_offering(const Tables& tables, const std::string& resource) {
  std::set<base::Name> nodes;
  for (const auto& [node_name, node] : tables.nodes) {
    if (node.allocatable.of(resource) > 0) nodes.insert(node_name);
  }
  return nodes;
}

NativeDemand native_demand(const Tables& tables, const std::string& resource) {
  NativeDemand demand;
  for (const auto& [uid, pod] : tables.pods) {
    if (is_demand(tables, pod) && !is_upgraded(pod) && pod.requests.of(resource) > 0) {
      demand.emplace(pod.priority, uid);
    }
  }
  return demand;
}

std::int64_t unbound_demand(const Tables& tables, const std::string& resource) {
  std::int64_t demand = 0;
  for (const auto& [uid, pod] : tables.pods) {
    if (is_demand(tables, pod)) demand += pod.requests.of(resource);
  }
  return demand;
}

std::int64_t displaced_promises(const Tables& tables, const std::string& resource) {
  std::int64_t displaced = 0;
  for (const auto& [node_name, node] : tables.nodes) {
    std::int64_t promised = 0;
    for (const auto& [rule_id, promise] : tables.promises) {
      if (promise.node == node_name && stands(tables, rule_id))
        promised += promise.requests.of(resource);
    }
    const std::int64_t missing =
        taken_on(tables, node_name).used.of(resource) - node.allocatable.of(resource);
    displaced += std::clamp<std::int64_t>(missing, 0, promised);
  }
  return displaced;
}

template <typename Predicate>
std::set<base::Name> pods_that(const Tables& tables, Predicate predicate) {
  std::set<base::Name> uids;
  for (const auto& [uid, pod] : tables.pods) {
    if (predicate(pod)) uids.insert(uid);
  }
  return uids;
}

NamespaceCharge charged_in(const Tables& tables, const base::Name& name_space) {
  NamespaceCharge charge;
  for (const auto& [uid, pod] : tables.pods) {
    if (pod.name_space != name_space || pod.finished()) continue;
    charge[pod.quota_class].add(pod.requests);
    charge[pod.quota_class].add(name("pods"), 1);
  }
  return charge;
}

std::map<base::Name, ResourceQuota> quotas_in(const Tables& tables, const base::Name& name_space) {
  std::map<base::Name, ResourceQuota> quotas;
  for (const auto& [uid, quota] : tables.quotas) {
    if (quota.name_space == name_space) quotas.emplace(uid, quota);
  }
  return quotas;
}

/// The pods of each group of the index by which the pod was reached, in one list: "namespace/pod".
std::set<std::string> pods_in_groups(const NeighbourIndex& index) {
  std::set<std::string> pods;
  for (const auto& [name_space, groups] : index.by_namespace()) {
    for (const auto& [labels, group] : groups) {
      for (const Occupant* pod : group) {
        EXPECT_EQ(pod->labels.get(), labels);
        EXPECT_EQ(pod->name_space, name_space);
        EXPECT_TRUE(pods.insert(pod->uid.str()).second);
      }
      EXPECT_FALSE(group.empty());
    }
  }
  return pods;
}

std::set<std::string> pods_that_repel(const NeighbourIndex& index, const base::Name& name_space) {
  std::set<std::string> pods;
  for (const auto& [constraints, group] : index.repelling(name_space)) {
    for (const Occupant* pod : group) pods.insert(pod->uid.str());
  }
  return pods;
}

template <typename Predicate>
std::set<std::string> occupying_pods_that(const Tables& tables, Predicate predicate) {
  std::set<std::string> pods;
  for (const auto& [uid, pod] : tables.pods) {
    if (!occupied_node(pod).empty() && predicate(pod)) pods.insert(uid.str());
  }
  return pods;
}

bool repels(const Pod& pod, const base::Name& name_space) {
  const auto& terms = pod.constraints->anti_affinity;
  return std::any_of(terms.begin(), terms.end(), [&](const AffinityTerm& term) {
    const auto& named = term.namespaces;
    return std::find(named.begin(), named.end(), name_space) != named.end() ||
           (name_space.empty() && term.namespaces_by_label);
  });
}

// The comparison.

void expect_same_nodes(const Tables& tables, const Snapshot& snapshot) {
  ASSERT_EQ(snapshot.nodes().size(), tables.nodes.size());
  for (const auto& [node_name, node] : tables.nodes) {
    SCOPED_TRACE(node_name.str());
    const NodeState& state = *snapshot.find_node(node_name);
    EXPECT_EQ(state.node, node);
    EXPECT_EQ(state.model, gpu_model(node));
    EXPECT_EQ(state.devices, node_devices(node));
    EXPECT_EQ(state.used, taken_on(tables, node_name).used);
    EXPECT_EQ(state.pods, taken_on(tables, node_name).pods);
  }
}

void expect_same_indices(const Tables& tables, const Snapshot& snapshot) {
  std::vector<base::Name> with_free;
  for (const std::string& resource : kMigResources) {
    SCOPED_TRACE(resource);
    const base::Name key = name(resource);
    EXPECT_EQ(snapshot.nodes_with_free(key), nodes_with_free(tables, resource));
    EXPECT_EQ(snapshot.nodes_offering(key), nodes_offering(tables, resource));
    EXPECT_EQ(snapshot.native_demand(key), native_demand(tables, resource));
    EXPECT_EQ(snapshot.unbound_demand(key), unbound_demand(tables, resource));
    EXPECT_EQ(snapshot.displaced_promises(key), displaced_promises(tables, resource));
    if (!nodes_with_free(tables, resource).empty()) with_free.push_back(key);
  }
  EXPECT_EQ(snapshot.resources_with_free(), with_free);
}

void expect_same_pods(const Tables& tables, const Snapshot& snapshot) {
  const auto is_kept = [](const Pod& pod) { return !pod.mig_requests.empty() || pod.granted; };
  ASSERT_EQ(snapshot.pods().size(), pods_that(tables, is_kept).size());
  for (const auto& [uid, pod] : tables.pods) {
    const Pod* kept = snapshot.find_pod(uid);
    ASSERT_EQ(kept != nullptr, is_kept(pod));
    EXPECT_TRUE(kept == nullptr || *kept == pod);
  }
  EXPECT_EQ(snapshot.waiting(), pods_that(tables, [](const Pod& pod) {
              return pod.waits_for_capacity() && !pod.mig_requests.empty();
            }));
  EXPECT_EQ(snapshot.upgraded(), pods_that(tables, [](const Pod& pod) {
              return is_upgraded(pod) && pod.bound() && pod.phase == PodPhase::running;
            }));
}

void expect_same_namespaces(const Tables& tables, const Snapshot& snapshot) {
  for (const std::string& name_space : kNamespaces) {
    SCOPED_TRACE(name_space);
    EXPECT_EQ(snapshot.charged_in(name(name_space)), charged_in(tables, name(name_space)));
    EXPECT_EQ(snapshot.limits_in(name(name_space)).quotas, quotas_in(tables, name(name_space)));
  }
}

void expect_same_neighbours(const Tables& tables, const Snapshot& snapshot) {
  const NeighbourIndex& index = snapshot.neighbours();
  EXPECT_EQ(pods_in_groups(index), occupying_pods_that(tables, [](const Pod&) { return true; }));
  for (const base::Name& name_space : {name("default"), name("train"), base::Name()}) {
    EXPECT_EQ(pods_that_repel(index, name_space),
              occupying_pods_that(
                  tables, [&name_space](const Pod& pod) { return repels(pod, name_space); }));
  }
  for (const std::string& node : kNodes) {
    std::set<std::string> holders;
    for (const Occupant* pod : index.with_host_ports(name(node))) holders.insert(pod->uid.str());
    EXPECT_EQ(holders, occupying_pods_that(tables, [&node](const Pod& pod) {
                return occupied_node(pod) == node && !pod.constraints->host_ports.empty();
              }));
  }
}

void expect_same(const Tables& tables, const Snapshot& snapshot) {
  EXPECT_EQ(snapshot.promises().size(), tables.promises.size());
  expect_same_nodes(tables, snapshot);
  expect_same_indices(tables, snapshot);
  expect_same_pods(tables, snapshot);
  expect_same_namespaces(tables, snapshot);
  expect_same_neighbours(tables, snapshot);
}

// Chance.

/// Makes random changes, each to a store and to the tables alike.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : rng_(seed) {}

  /// One change; its name is for the failure message.
  std::string change(Store& store, Tables& tables) {
    const std::uint64_t dice = rng_.below(20);
    if (dice < 8) return upsert_pod(store, tables);
    if (dice < 11) return remove_pod(store, tables);
    if (dice < 13) return upsert_node(store, tables);
    if (dice < 14) return remove_node(store, tables);
    if (dice < 16) return hold(store, tables);
    if (dice < 18) return release(store, tables);
    return change_limit(store, tables);
  }

 private:
  bool one_in(std::uint64_t count) { return rng_.below(count) == 0; }
  const std::string& any(const std::vector<std::string>& texts) {
    return texts[rng_.below(texts.size())];
  }
  std::string any_pod_name() { return "p" + std::to_string(rng_.below(kPodCount)); }

  Pod random_pod() {
    testing::PodBuilder pod = make_pod(any_pod_name());
    pod.in(any(kNamespaces)).uses("cpu", static_cast<std::int64_t>(rng_.below(3)));
    pod.priority(static_cast<std::int32_t>(rng_.below(3)));
    if (!one_in(4)) pod.asks(any(kMigResources), 1 + static_cast<std::int64_t>(rng_.below(2)));
    if (one_in(5)) pod.asks(any(kMigResources));
    if (one_in(2)) pod.instead_of(any(kMigResources), one_in(4) ? "" : any(kRules));
    if (one_in(2)) pod.waiting();
    if (one_in(3)) pod.on(any(kNodes));
    if (one_in(5)) pod.nominated_to(any(kNodes));
    if (one_in(5)) pod.phase(static_cast<PodPhase>(rng_.below(5)));
    if (one_in(8)) pod.terminating();
    if (one_in(8)) pod.gated();
    if (one_in(3)) pod.charged_as({name("high"), one_in(2), one_in(2)});
    if (one_in(2)) pod.label("app", one_in(2) ? "web" : "db");
    return pod.constrained(random_constraints());
  }

  Constraints random_constraints() {
    Constraints constraints;
    if (one_in(6)) constraints.anti_affinity = {testing::term_for("web", "zone")};
    if (one_in(6)) constraints.anti_affinity.push_back(testing::term_for("db", "zone"));
    if (!constraints.anti_affinity.empty() && one_in(3)) {
      constraints.anti_affinity.front().namespaces = {name("train")};
    }
    if (!constraints.anti_affinity.empty() && one_in(3)) {
      constraints.anti_affinity.back().namespaces_by_label.emplace();
    }
    if (one_in(4)) constraints.host_ports = {{base::Name(), name("TCP"), 80}};
    return constraints;
  }

  std::string upsert_pod(Store& store, Tables& tables) {
    const Pod pod = random_pod();
    tables.pods.insert_or_assign(pod.uid, pod);
    store.upsert(pod);
    return "upsert pod " + pod.name;
  }

  std::string remove_pod(Store& store, Tables& tables) {
    const base::Name uid = testing::uid_of(any_pod_name());
    tables.pods.erase(uid);
    store.remove_pod(uid);
    return "remove pod " + uid.str();
  }

  std::string upsert_node(Store& store, Tables& tables) {
    testing::NodeBuilder node = make_node(any(kNodes));
    for (const std::string& resource : kMigResources) {
      node.offers(resource, static_cast<std::int64_t>(rng_.below(5)));
    }
    if (one_in(4)) node.product("unknown");
    tables.nodes.insert_or_assign(node.build().name, node.build());
    store.upsert(node.build());
    return "upsert node " + node.build().name.str();
  }

  std::string remove_node(Store& store, Tables& tables) {
    const base::Name node = name(any(kNodes));
    tables.nodes.erase(node);
    store.remove_node(node);
    return "remove node " + node.str();
  }

  std::string hold(Store& store, Tables& tables) {
    const std::string rule_id = any(kRules);
    if (tables.promises.contains(rule_id)) return "nothing";
    const Promise promise{rule_id, name(any(kNodes)),
                          ResourceList{{name(any(kMigResources)), 1}, {name("cpu"), 2}}};
    tables.promises.emplace(rule_id, promise);
    store.hold(promise);
    return "hold " + rule_id;
  }

  std::string release(Store& store, Tables& tables) {
    const std::string rule_id = any(kRules);
    tables.promises.erase(rule_id);
    store.release(rule_id);
    return "release " + rule_id;
  }

  std::string change_limit(Store& store, Tables& tables) {
    const base::Name uid = name("limit" + std::to_string(rng_.below(kLimitCount)));
    if (one_in(2)) {
      tables.quotas.erase(uid);
      store.remove_limit(uid);
      return "remove limit " + uid.str();
    }
    ResourceQuota quota = testing::make_quota(uid.view(), {{name(any(kMigResources)), 1, 0}});
    quota.name_space = name(any(kNamespaces));
    tables.quotas.insert_or_assign(uid, quota);
    store.upsert(quota);
    return "upsert limit " + uid.str();
  }

  base::Rng rng_;
};

TEST(StoreProperty, EverySumAndIndexIsWhatAWalkOverTheClusterFinds) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Chance chance(seed);
    Store store;
    Tables tables;
    for (int step = 0; step < kSteps; ++step) {
      const std::string change = chance.change(store, tables);
      SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step) + ": " +
                   change);
      expect_same(tables, store.snapshot());
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace migadapter::cluster
