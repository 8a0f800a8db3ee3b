#include "mig/safe_upgrade.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "base/check.h"

namespace migadapter::mig {
namespace {

/// How a granted number compares with the demanded one.
enum class Kept { yes, no, unknown };

Kept not_lower(std::optional<int> demand, std::optional<int> grant) {
  if (!demand || !grant) return Kept::unknown;
  return *grant >= *demand ? Kept::yes : Kept::no;
}

Kept memory_kept(const Device& demand, const Device& grant) {
  const bool slices_known = demand.memory_slices > 0 && grant.memory_slices > 0;
  if (slices_known && demand.memory_slices == grant.memory_slices) return Kept::yes;
  if (!demand.memory || !grant.memory) return Kept::unknown;
  return grant.memory->least_mib >= demand.memory->most_mib ? Kept::yes : Kept::no;
}

/// Copy engines are no promise to a program: they grow with the slices and are not asked for.
constexpr std::array kPromisedEngines = {&Engines::decoder, &Engines::encoder, &Engines::jpeg,
                                         &Engines::optical_flow};

Kept engines_kept(const Engines& demand, const Engines& grant) {
  Kept all = Kept::yes;
  for (const auto engine : kPromisedEngines) {
    const Kept one = not_lower(demand.*engine, grant.*engine);
    if (one == Kept::no) return Kept::no;
    if (one == Kept::unknown) all = Kept::unknown;
  }
  return all;
}

Kept kept_if(bool condition) {
  return condition ? Kept::yes : Kept::no;
}

struct Promise {
  Kept kept;
  SafetyReason when_broken;
};

}  // namespace

std::string_view to_string(SafetyReason reason) {
  switch (reason) {
    case SafetyReason::safe:
      return "safe";
    case SafetyReason::same_device:
      return "same_device";
    case SafetyReason::fewer_compute_slices:
      return "fewer_compute_slices";
    case SafetyReason::fewer_multiprocessors:
      return "fewer_multiprocessors";
    case SafetyReason::less_memory:
      return "less_memory";
    case SafetyReason::fewer_engines:
      return "fewer_engines";
    case SafetyReason::graphics_differ:
      return "graphics_differ";
    case SafetyReason::unknown_facts:
      return "unknown_facts";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

std::string_view explain(SafetyReason reason) {
  switch (reason) {
    case SafetyReason::safe:
      return "The larger instance offers at least everything the demanded one does.";
    case SafetyReason::same_device:
      return "The two instances offer the same, so nothing would change.";
    case SafetyReason::fewer_compute_slices:
      return "The instance has fewer compute slices than the demanded one.";
    case SafetyReason::fewer_multiprocessors:
      return "The instance has fewer multiprocessors than the demanded one.";
    case SafetyReason::less_memory:
      return "The instance may have less usable memory than the demanded one.";
    case SafetyReason::fewer_engines:
      return "The instance lacks video, JPEG or optical flow engines of the demanded one.";
    case SafetyReason::graphics_differ:
      return "Only one of the two instances can do graphics, and such instances do not replace "
             "each "
             "other.";
    case SafetyReason::unknown_facts:
      return "The memory, multiprocessors or engines of one of the instances are not known: "
             "neither "
             "a label of the node nor the built-in table states them.";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

SafetyReason safe_upgrade(const Device& demand, const Device& grant) {
  const std::array<Promise, 5> promises = {{
      {kept_if(grant.compute_slices >= demand.compute_slices), SafetyReason::fewer_compute_slices},
      {not_lower(demand.multiprocessors, grant.multiprocessors),
       SafetyReason::fewer_multiprocessors},
      {memory_kept(demand, grant), SafetyReason::less_memory},
      {engines_kept(demand.engines, grant.engines), SafetyReason::fewer_engines},
      {kept_if(grant.graphics == demand.graphics), SafetyReason::graphics_differ},
  }};
  const auto broken = std::ranges::find(promises, Kept::no, &Promise::kept);
  if (broken != promises.end()) return broken->when_broken;
  const auto unknown = std::ranges::find(promises, Kept::unknown, &Promise::kept);
  if (unknown != promises.end()) return SafetyReason::unknown_facts;
  return demand == grant ? SafetyReason::same_device : SafetyReason::safe;
}

std::strong_ordering operator<=>(const Waste& a, const Waste& b) {
  return std::tie(a.takes_media_engines, a.memory_slices, a.compute_slices) <=>
         std::tie(b.takes_media_engines, b.memory_slices, b.compute_slices);
}

Waste waste(const Device& demand, const Device& grant) {
  const bool slices_known = demand.memory_slices > 0 && grant.memory_slices > 0;
  return Waste{
      .memory_slices = slices_known ? grant.memory_slices - demand.memory_slices : 0,
      .compute_slices = grant.compute_slices - demand.compute_slices,
      .takes_media_engines = grant.takes_media_engines && !demand.takes_media_engines,
  };
}

}  // namespace migadapter::mig
