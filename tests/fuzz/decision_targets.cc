#include "base/check.h"
#include "decide/restore.h"
#include "decide/testing.h"
#include "mig/model.h"
#include "mig/profile.h"
#include "targets.h"

namespace migadapter::fuzz {
namespace {

/// Choices read from the input; all the same when it has ended.
class Bytes {
 public:
  explicit Bytes(std::string_view input) : left_(input) {}

  std::uint64_t below(std::uint64_t bound) {
    if (left_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return std::uint64_t{byte} * 257 % bound;
  }

 private:
  std::string_view left_;
};

}  // namespace

/// Decisions must be possible, least wasteful, and never crash.
void fuzz_decide(std::string_view input) {
  Bytes bytes(input);
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
}

/// Any text is either refused as a profile and as a resource, or printed back exactly as it came.
void fuzz_mig_profile(std::string_view input) {
  if (const auto profile = mig::parse_profile(input)) {
    MIGADAPTER_CHECK(mig::to_string(*profile) == input);
    MIGADAPTER_CHECK(*mig::parse_resource(mig::resource_name(*profile)) == *profile);
  }
  if (const auto profile = mig::parse_resource(input)) {
    MIGADAPTER_CHECK(mig::is_mig_resource(input));
    MIGADAPTER_CHECK(mig::resource_name(*profile) == input);
  }
  static_cast<void>(mig::find_model_by_product(input));
}

}  // namespace migadapter::fuzz
