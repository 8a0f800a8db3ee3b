// Which MIG instances can stand side by side on one GPU.
#pragma once

#include <string_view>
#include <vector>

#include "mig/model.h"

namespace migadapter::mig {

/// One instance at its place.
struct PlacedInstance {
  Profile profile;
  Placement placement;
  friend auto operator<=>(const PlacedInstance&, const PlacedInstance&) = default;
};

/// The instances of one GPU at their placements, ordered by start.
using Geometry = std::vector<PlacedInstance>;

enum class GeometryReason {
  legal,
  unknown_profile,    ///< the model has no such profile, or no source states its placements
  illegal_placement,  ///< the profile cannot start there
  overlap,
  too_many,           ///< more than the profile's maximum count
  engines_exhausted,  ///< the sum of multiprocessors or of an engine exceeds the GPU's
};
std::string_view to_string(GeometryReason reason);

/// The first rule the geometry breaks, or `legal`. A number that no source states breaks no rule.
/// Facts: the MIG user guide, "supported profiles".
GeometryReason check_geometry(const GpuModel& model, const Geometry& geometry);

/// Where one more instance of `profile` could be placed beside `geometry`, lowest start first.
/// REQUIRES: check_geometry(model, geometry) is legal.
std::vector<Placement> free_placements(const GpuModel& model, const Geometry& geometry,
                                       const Profile& profile);

}  // namespace migadapter::mig
