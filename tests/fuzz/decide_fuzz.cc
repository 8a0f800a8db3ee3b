// Decisions about clusters made of the input's bytes: they must be possible, least wasteful, and
// never crash.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "decide/restore.h"
#include "decide/testing.h"

namespace {

using namespace migadapter;  // NOLINT(google-build-using-namespace)

/// Choices read from the input; all the same when it has ended.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  std::uint64_t below(std::uint64_t bound) {
    if (left_ == 0) return 0;
    --left_;
    return static_cast<std::uint64_t>(*data_++) * 257 % bound;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  cluster::Store store;
  decide::testing::fill(store, [&bytes](std::uint64_t bound) { return bytes.below(bound); });
  const cluster::Snapshot& snapshot = store.snapshot();
  for (const base::Name& uid : snapshot.waiting()) {
    const cluster::Pod& pod = *snapshot.find_pod(uid);
    const auto decision = decide::upgrade(snapshot, pod);
    MIGADAPTER_CHECK(decide::testing::fault_of(snapshot, pod, decision).empty());
  }
  const auto nothing_held = [](const cluster::Pod&) { return false; };
  const auto next = decide::next_restore(snapshot, {}, base::WallTime{}, nothing_held);
  MIGADAPTER_CHECK(!next || next->decision.grant.has_value());
  return 0;
}
