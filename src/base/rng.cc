#include "base/rng.h"

#include <random>

#include "base/check.h"

namespace migadapter::base {

std::uint64_t Rng::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31);
}

std::uint64_t Rng::below(std::uint64_t bound) {
  MIGADAPTER_CHECK(bound > 0);
  // Numbers of the last, incomplete run of `bound` are drawn again: they would favour the low ones.
  const std::uint64_t last_whole = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t drawn = next();
  while (drawn >= last_whole) drawn = next();
  return drawn % bound;
}

double Rng::fraction() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::uint64_t seed_from_system() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace migadapter::base
