#include "mig/geometry.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.h"

namespace migadapter::mig {
namespace {

bool has_unknown_profile(const GpuModel& model, const Geometry& geometry) {
  return std::ranges::any_of(geometry, [&](const PlacedInstance& instance) {
    const ModelProfile* const profile = find_profile(model, instance.profile);
    return profile == nullptr || profile->placements.empty();
  });
}

bool has_illegal_placement(const GpuModel& model, const Geometry& geometry) {
  return std::ranges::any_of(geometry, [&](const PlacedInstance& instance) {
    const auto placements = find_profile(model, instance.profile)->placements;
    return std::ranges::find(placements, instance.placement) == placements.end();
  });
}

bool overlap(const Placement& a, const Placement& b) {
  return a.start < b.start + b.size && b.start < a.start + a.size;
}

bool has_overlap(const Geometry& geometry) {
  for (auto one = geometry.begin(); one != geometry.end(); ++one) {
    for (auto other = geometry.begin(); other != one; ++other) {
      if (overlap(one->placement, other->placement)) return true;
    }
  }
  return false;
}

bool has_too_many(const GpuModel& model, const Geometry& geometry) {
  return std::ranges::any_of(model.profiles, [&](const ModelProfile& profile) {
    return std::ranges::count_if(geometry, [&](const PlacedInstance& instance) {
             return find_profile(model, instance.profile) == &profile;
           }) > profile.most;
  });
}

constexpr std::array kEngines = {&Engines::copy, &Engines::decoder, &Engines::encoder,
                                 &Engines::jpeg, &Engines::optical_flow};

bool has_exhausted_engines(const GpuModel& model, const Geometry& geometry) {
  std::array<int, kEngines.size()> used{};
  int multiprocessors = 0;
  for (const PlacedInstance& instance : geometry) {
    const Device& device = find_profile(model, instance.profile)->device;
    multiprocessors += device.multiprocessors.value_or(0);
    for (std::size_t i = 0; i < kEngines.size(); ++i) {
      used[i] += (device.engines.*kEngines[i]).value_or(0);
    }
  }
  for (std::size_t i = 0; i < kEngines.size(); ++i) {
    const std::optional<int> total = model.engines.*kEngines[i];
    if (total && used[i] > *total) return true;
  }
  return model.multiprocessors && multiprocessors > *model.multiprocessors;
}

}  // namespace

std::string_view to_string(GeometryReason reason) {
  switch (reason) {
    case GeometryReason::legal:
      return "legal";
    case GeometryReason::unknown_profile:
      return "unknown_profile";
    case GeometryReason::illegal_placement:
      return "illegal_placement";
    case GeometryReason::overlap:
      return "overlap";
    case GeometryReason::too_many:
      return "too_many";
    case GeometryReason::engines_exhausted:
      return "engines_exhausted";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

GeometryReason check_geometry(const GpuModel& model, const Geometry& geometry) {
  if (has_unknown_profile(model, geometry)) return GeometryReason::unknown_profile;
  if (has_illegal_placement(model, geometry)) return GeometryReason::illegal_placement;
  if (has_overlap(geometry)) return GeometryReason::overlap;
  if (has_too_many(model, geometry)) return GeometryReason::too_many;
  if (has_exhausted_engines(model, geometry)) return GeometryReason::engines_exhausted;
  return GeometryReason::legal;
}

std::vector<Placement> free_placements(const GpuModel& model, const Geometry& geometry,
                                       const Profile& profile) {
  MIGADAPTER_CHECK(check_geometry(model, geometry) == GeometryReason::legal);
  const ModelProfile* const known = find_profile(model, profile);
  if (known == nullptr) return {};
  std::vector<Placement> free;
  Geometry candidate = geometry;
  candidate.emplace_back();
  for (const Placement& placement : known->placements) {
    candidate.back() = PlacedInstance{profile, placement};
    if (check_geometry(model, candidate) == GeometryReason::legal) free.push_back(placement);
  }
  return free;
}

}  // namespace migadapter::mig
