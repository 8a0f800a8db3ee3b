// How one GPU can be divided and what is taken of it, as numbered states: whatever a policy wants
// to know about a GPU is looked up, not computed again for each of ten thousand GPUs.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mig/geometry.h"
#include "sim/demand.h"

namespace migadapter::sim {

/// What one pod holds of one GPU: a run of memory slices, or thousandths of a shared GPU, which
/// have no place (start is -1).
struct Slot {
  int start = -1;
  int size = 0;
  KindId kind = kNoKind;
  friend bool operator==(const Slot&, const Slot&) = default;
};

/// One way to give a device: the slot, and the GPU's state with it taken.
struct Option {
  Slot slot;
  int state = 0;
};

/// The states of GPUs that are divided alike. A state says which slots are taken. Not thread-safe,
/// even for reading: states are numbered as they are first seen.
class Partition {
 public:
  virtual ~Partition() = default;

  /// What a whole GPU has: memory slices, or thousandths.
  virtual int units() const = 0;
  /// What a device of the kind takes; 0 where the GPU can never give one.
  virtual int units_of(KindId kind) const = 0;
  /// The device's share of the GPU's compute; 0 likewise.
  virtual double compute_share(KindId kind) const = 0;
  virtual int free_units(int state) const = 0;

  /// Nothing is taken.
  virtual int idle_state() const = 0;
  /// Every way to give one device of the kind now, lowest start first. Valid until it is asked
  /// again.
  virtual std::span<const Option> options(int state, KindId kind) = 0;
  /// How many devices of the kind could be given one after the other.
  virtual int room(int state, KindId kind) = 0;
  /// The state once the slot is given back. REQUIRES: it is taken in `state`.
  virtual int without(int state, const Slot& slot) = 0;
  /// Whether a device is made when a pod comes, rather than being there before.
  virtual bool makes_devices() const = 0;
  /// What a node's kubelet reports as allocatable for each GPU, by kind; empty where devices are
  /// made, or shared.
  virtual std::vector<int> offered() const = 0;
};

/// GPUs with a geometry that stays as it is: what a device plugin offers.
std::unique_ptr<Partition> make_fixed_partition(const mig::GpuModel& model,
                                                const mig::Geometry& geometry, const Kinds& kinds);

/// GPUs whose instances are made when a pod comes and destroyed when it goes, wherever the model
/// allows it beside those that are there.
std::unique_ptr<Partition> make_free_partition(const mig::GpuModel& model, const Kinds& kinds);

/// GPUs shared by thousandths, without partitions.
std::unique_ptr<Partition> make_shared_partition(const Kinds& kinds);

}  // namespace migadapter::sim
