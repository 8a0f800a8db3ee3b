// What it costs to read the API server's objects: pods per second, bytes kept for each. Run in the
// repository's root, for it reads the golden files.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "kube/admission_review.h"
#include "kube/codec/object_codec.h"
#include "kube/watch/json_splitter.h"

namespace migadapter::kube {
namespace {

constexpr int kPods = 6'700;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The golden pod as the wire has it: without the blanks that make it readable.
std::string compact(const std::string& json) {
  std::string bytes;
  JsonNesting nesting;
  for (const char c : json) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || nesting.in_string()) bytes += c;
    nesting.step(c);
  }
  return bytes;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

/// Pods that differ in name and uid, as those of one cluster do.
std::vector<std::string> pods_like(const std::string& golden, const std::string& uid) {
  const std::string pod = compact(read_file("tests/golden/kube/pods/" + golden + ".json"));
  std::vector<std::string> pods;
  for (int i = 0; i < kPods; ++i) {
    std::string number = std::to_string(100'000 + i);
    pods.push_back(replaced(pod, uid, uid.substr(0, uid.size() - number.size()) + number));
  }
  return pods;
}

void decode_and_keep(benchmark::State& state, const std::vector<std::string>& pods) {
  std::size_t bytes = 0;
  for (const std::string& pod : pods) bytes += pod.size();
  for (auto _ : state) {
    base::NamePool names;
    ObjectCodec codec(names);
    std::vector<ClusterEvent> kept;
    kept.reserve(pods.size());
    const std::size_t before = mallinfo2().uordblks;
    for (const std::string& pod : pods) {
      kept.push_back(std::move(*codec.decode_item(WatchedKind::pods, pod).record));
    }
    const std::size_t heap = mallinfo2().uordblks - before;
    state.counters["bytes_kept_per_pod"] =
        static_cast<double>(heap) / kPods + static_cast<double>(sizeof(cluster::Pod));
  }
  state.SetItemsProcessed(state.iterations() * kPods);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void decode_gpu_pods(benchmark::State& state) {
  decode_and_keep(
      state, pods_like("running_with_init_and_sidecar", "dfd20d03-50a2-46fb-8ffb-2829e9d4ab8d"));
}
BENCHMARK(decode_gpu_pods)->Unit(benchmark::kMillisecond);

void decode_other_pods(benchmark::State& state) {
  decode_and_keep(state, pods_like("daemon_without_gpu", "16335c26-f9d5-4f28-b610-720c64b0982f"));
}
BENCHMARK(decode_other_pods)->Unit(benchmark::kMillisecond);

void split_a_list(benchmark::State& state) {
  std::string list = R"({"metadata":{"resourceVersion":"1"},"items":[)";
  for (const std::string& pod : pods_like("daemon_without_gpu", "no such text")) list += pod + ",";
  list.back() = ']';
  list += '}';
  for (auto _ : state) {
    ListSplitter splitter;
    std::size_t items = 0;
    const auto count = [&items](std::string_view) { return ++items != 0; };
    for (std::size_t at = 0; at < list.size(); at += 16'384) {
      if (!splitter.feed(std::string_view(list).substr(at, 16'384), count).ok()) break;
    }
    benchmark::DoNotOptimize(items);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(list.size()));
}
BENCHMARK(split_a_list)->Unit(benchmark::kMillisecond);

void review_a_pod(benchmark::State& state) {
  const std::string pod =
      compact(read_file("tests/golden/kube/pods/running_with_init_and_sidecar.json"));
  const std::string review =
      R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"r",)"
      R"("resource":{"group":"","version":"v1","resource":"pods"},"operation":"CREATE",)"
      R"("namespace":"team-a","object":)" +
      pod + "}}";
  for (auto _ : state) benchmark::DoNotOptimize(decode_admission_review(review));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(review_a_pod);

}  // namespace
}  // namespace migadapter::kube
