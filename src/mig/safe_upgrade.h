// When a program that asked for one profile is really as well off on another.
#pragma once

#include <compare>
#include <string_view>

#include "mig/device.h"

namespace migadapter::mig {

/// The first promise of the demanded device that the granted one does not keep.
enum class SafetyReason {
  safe,
  same_device,  ///< nothing would change
  fewer_compute_slices,
  fewer_multiprocessors,
  less_memory,
  fewer_engines,
  graphics_differ,  ///< +gfx only to +gfx
  unknown_facts,    ///< a number that must be compared is not known
};
std::string_view to_string(SafetyReason reason);
std::string_view explain(SafetyReason reason);

/// Whether `grant` keeps every promise of `demand`, both on the same GPU model: compute slices,
/// multiprocessors, usable memory (equal slice counts are equal memory; else the least seen of the
/// grant against the most seen of the demand) and every engine but copy engines not lower, graphics
/// alike. A promise known to be broken is named before a number that is not known. Facts and
/// sources: the MIG user guide; safe_upgrade_test.cc spells the relation out for each model.
SafetyReason safe_upgrade(const Device& demand, const Device& grant);

/// What a larger grant wastes. The use of the one instance with the single media engines is worse
/// than any other waste, because the next pod that needs those engines has nowhere else to go; then
/// memory slices count, and compute slices break ties. Comparable only within one GPU model.
struct Waste {
  int memory_slices = 0;
  int compute_slices = 0;
  bool takes_media_engines = false;
  friend bool operator==(const Waste&, const Waste&) = default;
  friend std::strong_ordering operator<=>(const Waste& a, const Waste& b);
};

/// What `grant` has more than `demand`, both on the same GPU model. REQUIRES: the grant has no
/// fewer slices where both are known; of unknown memory slices no waste is counted.
Waste waste(const Device& demand, const Device& grant);

}  // namespace migadapter::mig
