#include "base/check.h"
#include "sim/gpu/partition.h"

namespace migadapter::sim {
namespace {

constexpr int kWhole = 1000;

/// A state is what is left, in thousandths of the GPU.
class SharedPartition final : public Partition {
 public:
  explicit SharedPartition(const Kinds& kinds) {
    for (KindId kind = 0; kind < kinds.size(); ++kind) shares_.push_back(kinds.at(kind).milli);
  }

  int units() const override { return kWhole; }
  int units_of(KindId kind) const override { return shares_[static_cast<std::size_t>(kind)]; }
  double compute_share(KindId kind) const override {
    return static_cast<double>(units_of(kind)) / kWhole;
  }
  int free_units(int state) const override { return state; }
  int idle_state() const override { return kWhole; }

  std::span<const Option> options(int state, KindId kind) override {
    if (room(state, kind) == 0) return {};
    const int share = units_of(kind);
    option_ = {{-1, share, kind}, state - share};
    return {&option_, 1};
  }

  int room(int state, KindId kind) override {
    const int share = units_of(kind);
    return share == 0 ? 0 : state / share;
  }

  int without(int state, const Slot& slot) override {
    MIGADAPTER_CHECK(state + slot.size <= kWhole);
    return state + slot.size;
  }

  bool makes_devices() const override { return false; }
  std::vector<int> offered() const override { return {}; }

 private:
  std::vector<int> shares_;  ///< by kind; 0 for profiles
  Option option_;
};

}  // namespace

std::unique_ptr<Partition> make_shared_partition(const Kinds& kinds) {
  return std::make_unique<SharedPartition>(kinds);
}

}  // namespace migadapter::sim
