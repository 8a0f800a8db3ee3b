// MIG profile names (`1g.5gb+me`) and the Kubernetes resources that stand for them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace migadapter::mig {

/// Which media engines or graphics a profile's name promises beside compute.
enum class ProfileVariant {
  plain,
  media,      ///< +me: the GPU's one set of single media engines
  all_media,  ///< +me.all: every media engine of the GPU
  no_media,   ///< -me
  graphics,   ///< +gfx
};

/// A profile as its name says it. The gigabytes are rounded by the driver and drift with its
/// version; facts about hardware come from Device, never from the name.
struct Profile {
  int compute_slices = 0;  ///< "3g"
  int memory_gib = 0;      ///< "20gb"
  ProfileVariant variant = ProfileVariant::plain;
  friend auto operator<=>(const Profile&, const Profile&) = default;
};

/// Every MIG resource of the device plugin's mixed strategy starts with this.
inline constexpr std::string_view kResourcePrefix = "nvidia.com/mig-";

bool is_mig_resource(std::string_view resource);

/// Parses `1g.5gb`, `1g.5gb+me`, `1g.24gb+me.all`, `1g.24gb-me`, `1g.24gb+gfx`. Names of split
/// compute instances (`1c.3g.20gb`) are refused: the device plugin never offers them.
base::Result<Profile> parse_profile(std::string_view name);
std::string to_string(const Profile& profile);

/// Parses `nvidia.com/mig-1g.5gb.me`: the `+` of a profile is `.` in a resource.
base::Result<Profile> parse_resource(std::string_view resource);
std::string resource_name(const Profile& profile);

}  // namespace migadapter::mig
