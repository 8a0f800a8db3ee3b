#include <algorithm>
#include <map>
#include <optional>

#include "base/check.h"
#include "sim/gpu/model_kinds.h"
#include "sim/gpu/partition.h"

namespace migadapter::sim {
namespace {

/// A state is a legal geometry by its number, in the order in which they are first seen. The rules
/// themselves are asked once for each state and kind (mig::free_placements).
class FreePartition final : public Partition {
 public:
  FreePartition(const mig::GpuModel& model, const Kinds& kinds)
      : model_(model), profiles_(profiles_of(model, kinds)) {
    number_of({});
  }

  int units() const override { return model_.memory_slices; }
  int units_of(KindId kind) const override {
    const mig::ModelProfile* profile = profiles_[static_cast<std::size_t>(kind)];
    return profile == nullptr ? 0 : profile->device.memory_slices;
  }
  double compute_share(KindId kind) const override {
    const mig::ModelProfile* profile = profiles_[static_cast<std::size_t>(kind)];
    return profile == nullptr ? 0 : compute_share_of(model_, *profile);
  }
  int free_units(int state) const override { return at(state).free_units; }
  int idle_state() const override { return 0; }

  std::span<const Option> options(int state, KindId kind) override {
    if (!known(state, kind)) find_options(state, kind);
    return *known(state, kind);
  }

  int room(int state, KindId kind) override {
    int devices = 0;
    for (auto next = options(state, kind); !next.empty(); next = options(state, kind)) {
      state = next.back().state;  // from the end: a 1g at the end leaves the most to the others
      ++devices;
    }
    return devices;
  }

  int without(int state, const Slot& slot) override {
    mig::Geometry rest = at(state).geometry;
    const auto found = std::ranges::find(rest, placed(slot));
    MIGADAPTER_CHECK(found != rest.end());
    rest.erase(found);
    return number_of(rest);
  }

  bool makes_devices() const override { return true; }
  std::vector<int> offered() const override { return {}; }

 private:
  struct State {
    mig::Geometry geometry;
    int free_units = 0;
    std::vector<std::optional<std::vector<Option>>> options;  ///< by kind; nothing: not yet asked
  };

  const State& at(int state) const { return states_[static_cast<std::size_t>(state)]; }
  std::optional<std::vector<Option>>& known(int state, KindId kind) {
    return states_[static_cast<std::size_t>(state)].options[static_cast<std::size_t>(kind)];
  }
  mig::PlacedInstance placed(const Slot& slot) const {
    return {profiles_[static_cast<std::size_t>(slot.kind)]->profile, {slot.start, slot.size}};
  }

  void find_options(int state, KindId kind) {
    std::vector<Option> found;
    const mig::ModelProfile* profile = profiles_[static_cast<std::size_t>(kind)];
    const mig::Geometry geometry = at(state).geometry;
    if (profile != nullptr) {
      for (const auto& free : mig::free_placements(model_, geometry, profile->profile)) {
        const Slot slot{free.start, free.size, kind};
        mig::Geometry with = geometry;
        with.push_back(placed(slot));
        found.push_back({slot, number_of(std::move(with))});
      }
    }
    known(state, kind) = std::move(found);
  }

  int number_of(mig::Geometry geometry) {
    std::ranges::sort(geometry, {}, [](const auto& instance) { return instance.placement.start; });
    const auto [place, is_new] = numbers_.try_emplace(geometry, static_cast<int>(states_.size()));
    if (!is_new) return place->second;
    State state{geometry, model_.memory_slices, {}};
    state.options.resize(profiles_.size());
    for (const mig::PlacedInstance& instance : geometry)
      state.free_units -= instance.placement.size;
    states_.push_back(std::move(state));
    return place->second;
  }

  const mig::GpuModel& model_;
  std::vector<const mig::ModelProfile*> profiles_;
  std::vector<State> states_;
  std::map<mig::Geometry, int> numbers_;
};

}  // namespace

std::unique_ptr<Partition> make_free_partition(const mig::GpuModel& model, const Kinds& kinds) {
  return std::make_unique<FreePartition>(model, kinds);
}

}  // namespace migadapter::sim
