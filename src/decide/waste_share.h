// Waste as a share of its GPU, so that grants on different GPU models can be put in one order.
#pragma once

#include <compare>

#include "mig/model.h"
#include "mig/safe_upgrade.h"

namespace migadapter::decide {

/// Orders grants by what they waste, least first. mig::Waste counts memory slices of its own GPU
/// model's grid (8, 4 or 12 of them); a share counts 24ths of the GPU, in which each grid is whole.
struct WasteShare {
  int memory_24ths = 0;
  int compute_slices = 0;
  bool takes_media_engines = false;
  friend auto operator<=>(const WasteShare&, const WasteShare&) = default;
};

/// Without memory slices where no source states the model's grid. REQUIRES: waste is of instances
/// of `model`.
WasteShare share_of(const mig::Waste& waste, const mig::GpuModel& model);

/// The waste that ends when `before` becomes `after`.
WasteShare reclaimed(const WasteShare& before, const WasteShare& after);

/// The share in memory slices of `model`, rounded down.
mig::Waste in_slices_of(const WasteShare& share, const mig::GpuModel& model);

}  // namespace migadapter::decide
