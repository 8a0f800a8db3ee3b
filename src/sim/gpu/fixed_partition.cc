#include <algorithm>
#include <utility>

#include "base/check.h"
#include "sim/gpu/model_kinds.h"
#include "sim/gpu/partition.h"

namespace migadapter::sim {
namespace {

/// A state is the set of the instances that are taken, a bit for each.
class FixedPartition final : public Partition {
 public:
  FixedPartition(const mig::GpuModel& model, const mig::Geometry& geometry, const Kinds& kinds)
      : units_(model.memory_slices) {
    MIGADAPTER_CHECK(mig::check_geometry(model, geometry) == mig::GeometryReason::legal);
    for (const mig::ModelProfile* profile : profiles_of(model, kinds)) {
      kinds_.push_back(of_profile(model, profile));
      if (profile != nullptr) add_instances(model, geometry, *profile);
    }
  }

  int units() const override { return units_; }
  int units_of(KindId kind) const override { return of(kind).units; }
  double compute_share(KindId kind) const override { return of(kind).compute_share; }
  int idle_state() const override { return 0; }

  int free_units(int state) const override {
    int free = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (is_free(state, i)) free += slots_[i].size;
    }
    return free;
  }

  std::span<const Option> options(int state, KindId kind) override {
    options_.clear();
    for (const std::size_t i : of(kind).slots) {
      if (is_free(state, i)) options_.push_back({slots_[i], state | bit(i)});
    }
    return options_;
  }

  int room(int state, KindId kind) override {
    return static_cast<int>(std::ranges::count_if(
        of(kind).slots, [&](std::size_t slot) { return is_free(state, slot); }));
  }

  int without(int state, const Slot& slot) override {
    const auto found = std::ranges::find(slots_, slot);
    MIGADAPTER_CHECK(found != slots_.end());
    const auto place = static_cast<std::size_t>(found - slots_.begin());
    MIGADAPTER_CHECK(!is_free(state, place));
    return state & ~bit(place);
  }

  bool makes_devices() const override { return false; }
  std::vector<int> offered() const override {
    std::vector<int> counts;
    for (const OfKind& kind : kinds_) counts.push_back(static_cast<int>(kind.slots.size()));
    return counts;
  }

 private:
  struct OfKind {
    std::vector<std::size_t> slots;  ///< in order of their starts
    int units = 0;
    double compute_share = 0;
  };

  static OfKind of_profile(const mig::GpuModel& model, const mig::ModelProfile* profile) {
    if (profile == nullptr) return {};
    return {{}, profile->device.memory_slices, compute_share_of(model, *profile)};
  }
  static int bit(std::size_t slot) { return 1 << slot; }
  static bool is_free(int state, std::size_t slot) { return (state & bit(slot)) == 0; }
  const OfKind& of(KindId kind) const { return kinds_[static_cast<std::size_t>(kind)]; }

  /// The instances of the profile become the last kind's.
  void add_instances(const mig::GpuModel& model, const mig::Geometry& geometry,
                     const mig::ModelProfile& profile) {
    for (const mig::PlacedInstance& instance : geometry) {
      if (mig::find_profile(model, instance.profile) != &profile) continue;
      kinds_.back().slots.push_back(slots_.size());
      slots_.push_back({instance.placement.start, instance.placement.size,
                        static_cast<KindId>(kinds_.size()) - 1});
    }
  }

  int units_;
  std::vector<Slot> slots_;  ///< the bits of a state
  std::vector<OfKind> kinds_;
  std::vector<Option> options_;
};

}  // namespace

std::unique_ptr<Partition> make_fixed_partition(const mig::GpuModel& model,
                                                const mig::Geometry& geometry, const Kinds& kinds) {
  return std::make_unique<FixedPartition>(model, geometry, kinds);
}

}  // namespace migadapter::sim
