#include "sim/demand.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace migadapter::sim {

KindId Kinds::add_profile(const mig::Profile& profile) {
  return find_or_add({mig::to_string(profile), profile, 0});
}

KindId Kinds::add_share(int milli) {
  MIGADAPTER_CHECK(milli > 0 && milli <= 1000);
  return find_or_add({std::to_string(milli) + "m", std::nullopt, milli});
}

KindId Kinds::find(std::string_view name) const {
  const auto found = std::ranges::find(kinds_, name, &DeviceKind::name);
  return found == kinds_.end() ? kNoKind : static_cast<KindId>(found - kinds_.begin());
}

KindId Kinds::find_or_add(DeviceKind kind) {
  if (const KindId known = find(kind.name); known != kNoKind) return known;
  kinds_.push_back(std::move(kind));
  return size() - 1;
}

}  // namespace migadapter::sim
