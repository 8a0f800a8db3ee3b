// Random numbers from a seed, so that whatever chance decided can be replayed.
#pragma once

#include <cstdint>

namespace migadapter::base {

/// SplitMix64: small, quick and good enough for jitter, ids and simulations; not for secrets. The
/// same seed gives the same numbers on every machine. Not thread-safe.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  /// A number of [0, bound), each equally likely. REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// A number of [0, 1).
  double fraction();

 private:
  std::uint64_t state_;
};

/// A seed that differs from process to process, from the operating system.
std::uint64_t seed_from_system();

}  // namespace migadapter::base
