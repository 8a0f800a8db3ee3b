// Waste as a share of its GPU, so that grants on different GPU models can be put in one order.
#pragma once

#include <compare>

#include "mig/model.h"
#include "mig/safe_upgrade.h"

namespace migadapter::decide {

/// Orders grants by what they waste, least first, as mig::Waste does: whatever takes a GPU's only
/// media engines comes last. mig::Waste counts memory slices of its own GPU model's grid (8, 4 or
/// 12 of them); a share counts 24ths of the GPU, in which each grid is whole.
struct WasteShare {
  bool takes_media_engines = false;
  int memory_24ths = 0;
  int compute_slices = 0;
  friend auto operator<=>(const WasteShare&, const WasteShare&) = default;
};

/// Without memory slices where no source states the model's grid. REQUIRES: waste is of instances
/// of `model`.
WasteShare share_of(const mig::Waste& waste, const mig::GpuModel& model);

/// Whether `after` wastes less of something than `before` and more of nothing. The order alone
/// would call a whole GPU less than the smallest instance with media engines.
bool is_smaller(const WasteShare& after, const WasteShare& before);

/// The waste that ends when `before` becomes `after`. REQUIRES: is_smaller(after, before), or
/// equal.
WasteShare reclaimed(const WasteShare& before, const WasteShare& after);

/// The share in memory slices of `model`, rounded down.
mig::Waste in_slices_of(const WasteShare& share, const mig::GpuModel& model);

}  // namespace migadapter::decide
