// What one MIG instance offers to the process inside it.
#pragma once

#include <cstdint>
#include <optional>

namespace migadapter::mig {

/// Counts of the engines an instance owns. Nothing where no source states the number.
struct Engines {
  std::optional<int> copy;
  std::optional<int> decoder;
  std::optional<int> encoder;
  std::optional<int> jpeg;
  std::optional<int> optical_flow;
  friend bool operator==(const Engines&, const Engines&) = default;
};

/// Usable memory as it was seen over drivers and boards. Least and most are equal where a node's
/// label states it.
struct MemoryRange {
  std::int64_t least_mib = 0;
  std::int64_t most_mib = 0;
  friend bool operator==(const MemoryRange&, const MemoryRange&) = default;
};

/// The facts of one instance of a profile on one GPU model.
struct Device {
  int compute_slices = 0;
  /// In the placement grid of its GPU model, comparable only within one model; 0 where no source
  /// states it.
  int memory_slices = 0;
  std::optional<MemoryRange> memory;
  std::optional<int> multiprocessors;
  Engines engines;
  bool graphics = false;
  bool takes_media_engines = false;  ///< a GPU can hold only one such instance (+me on most models)
  friend bool operator==(const Device&, const Device&) = default;
};

}  // namespace migadapter::mig
