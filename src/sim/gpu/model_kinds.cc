#include "sim/gpu/model_kinds.h"

namespace migadapter::sim {

std::vector<const mig::ModelProfile*> profiles_of(const mig::GpuModel& model, const Kinds& kinds) {
  std::vector<const mig::ModelProfile*> profiles;
  for (KindId kind = 0; kind < kinds.size(); ++kind) {
    const auto& profile = kinds.at(kind).profile;
    profiles.push_back(profile ? mig::find_profile(model, *profile) : nullptr);
  }
  return profiles;
}

double compute_share_of(const mig::GpuModel& model, const mig::ModelProfile& profile) {
  return static_cast<double>(profile.device.compute_slices) / model.compute_slices;
}

}  // namespace migadapter::sim
