#include "decide/waste_share.h"

namespace migadapter::decide {
namespace {

constexpr int kSharesOfGpu = 24;

}  // namespace

WasteShare share_of(const mig::Waste& waste, const mig::GpuModel& model) {
  const bool grid_known = model.memory_slices > 0;
  return {grid_known ? waste.memory_slices * kSharesOfGpu / model.memory_slices : 0,
          waste.compute_slices, waste.takes_media_engines};
}

WasteShare reclaimed(const WasteShare& before, const WasteShare& after) {
  return {before.memory_24ths - after.memory_24ths, before.compute_slices - after.compute_slices,
          before.takes_media_engines && !after.takes_media_engines};
}

mig::Waste in_slices_of(const WasteShare& share, const mig::GpuModel& model) {
  return {share.memory_24ths * model.memory_slices / kSharesOfGpu, share.compute_slices,
          share.takes_media_engines};
}

}  // namespace migadapter::decide
