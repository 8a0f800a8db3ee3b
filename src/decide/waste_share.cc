#include "decide/waste_share.h"

namespace migadapter::decide {
namespace {

constexpr int kSharesOfGpu = 24;

}  // namespace

WasteShare share_of(const mig::Waste& waste, const mig::GpuModel& model) {
  const bool grid_known = model.memory_slices > 0;
  return {.takes_media_engines = waste.takes_media_engines,
          .memory_24ths = grid_known ? waste.memory_slices * kSharesOfGpu / model.memory_slices : 0,
          .compute_slices = waste.compute_slices};
}

bool is_smaller(const WasteShare& after, const WasteShare& before) {
  return after != before && after.takes_media_engines <= before.takes_media_engines &&
         after.memory_24ths <= before.memory_24ths && after.compute_slices <= before.compute_slices;
}

WasteShare reclaimed(const WasteShare& before, const WasteShare& after) {
  return {.takes_media_engines = before.takes_media_engines && !after.takes_media_engines,
          .memory_24ths = before.memory_24ths - after.memory_24ths,
          .compute_slices = before.compute_slices - after.compute_slices};
}

mig::Waste in_slices_of(const WasteShare& share, const mig::GpuModel& model) {
  return {share.memory_24ths * model.memory_slices / kSharesOfGpu, share.compute_slices,
          share.takes_media_engines};
}

}  // namespace migadapter::decide
