// What a pod costs in the store: time per event and bytes per pod, at 20,000 pods on 500 nodes.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <string>
#include <vector>

#include "cluster/store.h"
#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::name;

constexpr int kPods = 20'000;
constexpr int kNodes = 500;
constexpr int kPodsPerOwner = 20;
constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kLarge = "nvidia.com/mig-2g.10gb";

enum class Kind { ordinary, gpu, upgraded };

/// Makes pods as a decoder does: texts that recur come from one pool, the pods of one owner share
/// their constraints, uids and names are their own.
class PodSource {
 public:
  explicit PodSource(Kind kind) : kind_(kind) {}

  Pod pod(int index) {
    const std::string number = std::to_string(index);
    const std::string owner = "workload-7d9c5b7f6" + std::to_string(index / kPodsPerOwner);
    Pod pod;
    pod.name_space = names_.intern("default");
    pod.name = owner + "-x2x" + number.substr(0, 2);
    pod.uid =
        base::Name("6f1c2a3e-58b1-4c4e-9d7a-" + std::string(12 - number.size(), '0') + number);
    pod.resource_version = std::to_string(90'000'000 + index);
    pod.owner = OwnerReference{OwnerKind::replica_set, names_.intern("ReplicaSet"),
                               names_.intern(owner), names_.intern("5b6e1b3e-0000-4c4e-" + owner)};
    pod.node = names_.intern("gpu-node-" + std::to_string(index % kNodes));
    pod.phase = PodPhase::running;
    pod.requests = ResourceList{{names_.intern("cpu"), 500}, {names_.intern("memory"), 1 << 30}};
    add_gpu(pod, number);
    share_of_owner(index / kPodsPerOwner, pod);
    return pod;
  }

 private:
  void add_gpu(Pod& pod, const std::string& number) {
    if (kind_ == Kind::ordinary) return;
    const base::Name main = names_.intern("main");
    const base::Name small = names_.intern(kSmall);
    const base::Name asked = kind_ == Kind::upgraded ? names_.intern(kLarge) : small;
    pod.mig_requests = {{main, ContainerKind::app, asked, 1}};
    pod.requests.add(asked, 1);
    if (kind_ != Kind::upgraded) return;
    pod.granted = GrantRecord{{{main, ContainerKind::app, small, 1}}, "rule-4c4e9d7a" + number};
  }

  /// What the pods of one owner share: constraints and labels.
  void share_of_owner(int owner, Pod& pod) {
    if (owner != owner_) make_share(owner);
    pod.constraints = constraints_;
    pod.labels = labels_;
  }

  void make_share(int owner) {
    Constraints constraints;
    constraints.node_selector = {{names_.intern("pool"), names_.intern("gpu")}};
    const base::Name not_ready = names_.intern("node.kubernetes.io/not-ready");
    constraints.tolerations = {{not_ready, base::Name(), true, false, TaintEffect::no_execute}};
    owner_ = owner;
    constraints_ = std::make_shared<const Constraints>(std::move(constraints));
    const base::Name hash = names_.intern("7d9c5b7f6" + std::to_string(owner));
    labels_ =
        std::make_shared<const Labels>(Labels{{names_.intern("app"), names_.intern("workload")},
                                              {names_.intern("pod-template-hash"), hash}});
  }

  Kind kind_;
  base::NamePool names_;
  int owner_ = -1;
  std::shared_ptr<const Constraints> constraints_;
  std::shared_ptr<const Labels> labels_;
};

Node node(int index) {
  return testing::make_node("gpu-node-" + std::to_string(index))
      .offers(kSmall, 56)
      .offers(kLarge, 24)
      .offers("nvidia.com/mig-3g.20gb", 16);
}

void fill(Store& store, PodSource& pods) {
  for (int index = 0; index < kNodes; ++index) store.upsert(node(index));
  for (int index = 0; index < kPods; ++index) store.upsert(pods.pod(index));
}

std::size_t bytes_in_use() {
  const struct mallinfo2 heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

/// An event about a pod that is known, as a change of its status sends it.
void one_event(benchmark::State& state, Kind kind) {
  PodSource pods(kind);
  Store store;
  fill(store, pods);
  std::vector<Pod> events;
  for (int index = 0; index < kPods; ++index) events.push_back(pods.pod(index));
  std::size_t next = 0;
  for (auto _ : state) store.upsert(events[next++ % events.size()]);
  state.SetItemsProcessed(state.iterations());
}

/// The memory that 20,000 pods take, their names and shares of common values included.
void memory(benchmark::State& state, Kind kind) {
  for (auto _ : state) {
    Store store;
    for (int index = 0; index < kNodes; ++index) store.upsert(node(index));
    const std::size_t before = bytes_in_use();
    PodSource pods(kind);
    for (int index = 0; index < kPods; ++index) store.upsert(pods.pod(index));
    const auto taken = static_cast<double>(bytes_in_use() - before);
    state.counters["bytes_per_pod"] = taken / kPods;
  }
}

void memory_of_nodes(benchmark::State& state) {
  for (auto _ : state) {
    const std::size_t before = bytes_in_use();
    Store store;
    for (int index = 0; index < kNodes; ++index) store.upsert(node(index));
    const auto taken = static_cast<double>(bytes_in_use() - before);
    state.counters["bytes_per_node"] = taken / kNodes;
  }
}

BENCHMARK_CAPTURE(one_event, ordinary_pod, Kind::ordinary);
BENCHMARK_CAPTURE(one_event, gpu_pod, Kind::gpu);
BENCHMARK_CAPTURE(one_event, upgraded_pod, Kind::upgraded);
BENCHMARK_CAPTURE(memory, ordinary_pods, Kind::ordinary)->Iterations(1);
BENCHMARK_CAPTURE(memory, gpu_pods, Kind::gpu)->Iterations(1);
BENCHMARK_CAPTURE(memory, upgraded_pods, Kind::upgraded)->Iterations(1);
BENCHMARK(memory_of_nodes)->Iterations(1);

}  // namespace
}  // namespace migadapter::cluster
