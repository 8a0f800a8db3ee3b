// Says which nodes a pod fits, for a cluster given object by object: our side of the comparison
// with the real scheduler (test_fit_property.py). Reads lines from standard input:
//
//     forget                 the cluster is empty again
//     object KIND JSON       KIND is the plural: "pods"
//     ask UID                answered with "unmodelled TEXT", or "NODE REASON" for each node; then
//     "."
#include <array>
#include <cstdlib>
#include <iostream>
#include <string>
#include <variant>

#include "cluster/store.h"
#include "decide/fit.h"
#include "decide/neighbours.h"
#include "kube/codec/object_codec.h"

namespace migadapter {
namespace {

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "fit_verdicts: " << what << '\n';
  std::exit(1);
}

kube::WatchedKind kind_of(std::string_view plural) {
  for (int kind = 0; kind < kube::kWatchedKindCount; ++kind) {
    const auto each = static_cast<kube::WatchedKind>(kind);
    if (to_string(each) == plural) return each;
  }
  fail("no such kind: " + std::string(plural));
}

/// What the store keeps of the objects; of other records nothing is needed here.
struct Upsert {
  cluster::Store& store;
  template <typename Record>
  void operator()(Record& record) const {
    if constexpr (requires { store.upsert(std::move(record)); }) store.upsert(std::move(record));
    if constexpr (requires { store.volumes().upsert(std::move(record)); }) {
      store.volumes().upsert(std::move(record));
    }
  }
};

void take_object(kube::ObjectCodec& codec, cluster::Store& store, const std::string& text) {
  const std::size_t space = text.find(' ');
  kube::WatchedObject object =
      codec.decode_item(kind_of(text.substr(0, space)), text.substr(space + 1));
  if (object.error) fail(object.error->message());
  if (object.record) std::visit(Upsert{store}, *object.record);
}

void answer(const cluster::Snapshot& snapshot, const std::string& uid) {
  const cluster::Pod* pod = snapshot.find_pod(base::Name(uid));
  if (pod == nullptr) fail("no such pod: " + uid);
  const std::string unmodelled = decide::unmodelled_feature(snapshot, *pod);
  if (unmodelled.empty()) {
    const decide::Neighbours neighbours(snapshot, *pod);
    for (const auto& [node, state] : snapshot.nodes()) {
      std::cout << node.view() << ' ' << to_string(fits(neighbours, *pod, state)) << '\n';
    }
  } else {
    std::cout << "unmodelled " << unmodelled << '\n';
  }
  std::cout << '.' << std::endl;
}

}  // namespace
}  // namespace migadapter

int main() {
  using namespace migadapter;  // NOLINT(google-build-using-namespace)
  base::NamePool names;
  kube::ObjectCodec codec(names);
  auto store = std::make_unique<cluster::Store>();
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "forget") {
      store = std::make_unique<cluster::Store>();
    } else if (line.starts_with("object ")) {
      take_object(codec, *store, line.substr(7));
    } else if (line.starts_with("ask ")) {
      answer(store->snapshot(), line.substr(4));
    } else {
      fail("what is this: " + line);
    }
  }
}
