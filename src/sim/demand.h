// What one pod asks of its node, in numbers: the engine compares millions of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mig/model.h"

namespace migadapter::sim {

/// An index into Kinds.
using KindId = int;
inline constexpr KindId kNoKind = -1;

/// One kind of device that a pod may ask for: a MIG profile, or a part of a GPU that is shared
/// without partitions, in thousandths of the GPU.
struct DeviceKind {
  std::string name;  ///< "1g.5gb", "500m"
  std::optional<mig::Profile> profile;
  int milli = 0;  ///< meaningful without a profile
  friend bool operator==(const DeviceKind&, const DeviceKind&) = default;
};

/// The device kinds of one run, each once.
class Kinds {
 public:
  KindId add_profile(const mig::Profile& profile);
  /// REQUIRES: 0 < milli <= 1000.
  KindId add_share(int milli);

  int size() const { return static_cast<int>(kinds_.size()); }
  const DeviceKind& at(KindId id) const { return kinds_[static_cast<std::size_t>(id)]; }
  /// kNoKind when there is none of that name.
  KindId find(std::string_view name) const;

 private:
  KindId find_or_add(DeviceKind kind);
  std::vector<DeviceKind> kinds_;
};

/// The GPU models that a pod may run on, one bit for each of Inventory::models.
using ModelSet = std::uint64_t;
inline constexpr ModelSet kAnyModel = ~ModelSet{0};

/// Pods of equal demand fit the same nodes at any moment.
struct Demand {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  KindId kind = kNoKind;
  int count = 0;  ///< devices of that kind; 0 without one
  ModelSet models = kAnyModel;
  friend auto operator<=>(const Demand&, const Demand&) = default;
};

}  // namespace migadapter::sim
