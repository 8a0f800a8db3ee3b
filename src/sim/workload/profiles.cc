#include "sim/workload/profiles.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/check.h"

namespace migadapter::sim {
namespace {

/// Tries every placement of the first profile that is left, then the rest.
bool place_rest(const mig::GpuModel& model, const std::vector<mig::Profile>& profiles,
                mig::Geometry& geometry) {
  if (geometry.size() == profiles.size()) return true;
  const mig::Profile& profile = profiles[geometry.size()];
  for (const mig::Placement& placement : mig::free_placements(model, geometry, profile)) {
    geometry.push_back({profile, placement});
    if (place_rest(model, profiles, geometry)) return true;
    geometry.pop_back();
  }
  return false;
}

const mig::Profile* with_slices(const std::vector<mig::Profile>& profiles, int compute_slices) {
  const auto found = std::ranges::find(profiles, compute_slices, &mig::Profile::compute_slices);
  return found == profiles.end() ? nullptr : &*found;
}

}  // namespace

Kinds kinds_of(const mig::GpuModel& model) {
  Kinds kinds;
  for (const mig::ModelProfile& profile : model.profiles) kinds.add_profile(profile.profile);
  return kinds;
}

std::vector<mig::Profile> base_profiles(const mig::GpuModel& model) {
  std::vector<mig::Profile> profiles;
  for (const mig::ModelProfile& candidate : model.profiles) {
    const mig::Profile& profile = candidate.profile;
    if (profile.variant != mig::ProfileVariant::plain || candidate.placements.empty()) continue;
    if (with_slices(profiles, profile.compute_slices) == nullptr) profiles.push_back(profile);
  }
  return profiles;
}

KindId smallest_kind(const mig::GpuModel& model, const Kinds& kinds, double share) {
  const std::vector<mig::Profile> profiles = base_profiles(model);
  const auto found = std::ranges::find_if(profiles, [&](const mig::Profile& profile) {
    return profile.compute_slices >= share * model.compute_slices;
  });
  MIGADAPTER_CHECK(found != profiles.end());
  return kinds.find(mig::to_string(*found));
}

mig::Profile whole_profile(const mig::GpuModel& model) {
  return base_profiles(model).back();
}

std::vector<mig::Profile> balanced_profiles(const mig::GpuModel& model) {
  const std::vector<mig::Profile> known = base_profiles(model);
  std::vector<mig::Profile> profiles;
  const bool has_seven = with_slices(known, 7) != nullptr;
  for (const int slices : {has_seven ? 3 : 0, 2, 1, 1}) {
    if (const mig::Profile* profile = with_slices(known, slices)) profiles.push_back(*profile);
  }
  return profiles;
}

base::Result<mig::Geometry> place_profiles(const mig::GpuModel& model,
                                           std::vector<mig::Profile> profiles) {
  // Large ones first: they have the fewest places.
  std::ranges::stable_sort(profiles, std::greater<>(), &mig::Profile::compute_slices);
  mig::Geometry geometry;
  if (place_rest(model, profiles, geometry)) {
    std::ranges::sort(geometry, {}, [](const auto& instance) { return instance.placement.start; });
    return geometry;
  }
  std::string names;
  for (const mig::Profile& profile : profiles) {
    names += (names.empty() ? "" : ", ") + mig::to_string(profile);
  }
  return base::Error(base::ErrorCode::invalid_argument,
                     names + ": one " + std::string(model.name) + " cannot be cut into these");
}

}  // namespace migadapter::sim
