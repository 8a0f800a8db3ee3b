// The MIG profiles of a GPU model as device kinds.
#pragma once

#include <vector>

#include "base/result.h"
#include "mig/geometry.h"
#include "sim/demand.h"

namespace migadapter::sim {

/// Every profile of the model, smallest first.
Kinds kinds_of(const mig::GpuModel& model);

/// One plain profile for each number of compute slices, the one with the least memory: 1g.5gb and
/// not 1g.10gb. Smallest first.
std::vector<mig::Profile> base_profiles(const mig::GpuModel& model);

/// The smallest of the base profiles with at least this share of the GPU's compute.
/// REQUIRES: 0 < share <= 1, the model has profiles.
KindId smallest_kind(const mig::GpuModel& model, const Kinds& kinds, double share);

/// The largest of them: the whole GPU.
mig::Profile whole_profile(const mig::GpuModel& model);

/// NVIDIA's all-balanced: two of the smallest, one of two slices and, on GPUs of seven, one of
/// three (https://github.com/NVIDIA/mig-parted, pkg/mig/builder).
std::vector<mig::Profile> balanced_profiles(const mig::GpuModel& model);

/// A legal geometry of these instances; fails where the GPU has no room for them.
base::Result<mig::Geometry> place_profiles(const mig::GpuModel& model,
                                           std::vector<mig::Profile> profiles);

}  // namespace migadapter::sim
