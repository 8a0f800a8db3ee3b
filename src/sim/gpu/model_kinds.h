// Device kinds as one GPU model has them.
#pragma once

#include <vector>

#include "sim/demand.h"

namespace migadapter::sim {

/// The model's profile of each kind; nullptr where it has none. Names drift with drivers, so two
/// kinds may be one profile of a model.
std::vector<const mig::ModelProfile*> profiles_of(const mig::GpuModel& model, const Kinds& kinds);

/// The profile's share of the GPU's compute slices.
double compute_share_of(const mig::GpuModel& model, const mig::ModelProfile& profile);

}  // namespace migadapter::sim
