#include "decide/owner_pacing.h"

#include <algorithm>

namespace migadapter::decide {

int widened(int window) {
  return std::min(window + kPaceGrowth - 1, kMostMovesOfOwner);
}

base::Millis back_off(int failures_in_a_row) {
  base::Millis pause = kFirstBackOff;
  for (int i = 1; i < failures_in_a_row && pause < kLongestBackOff; ++i) pause *= 2;
  return std::min(pause, kLongestBackOff);
}

}  // namespace migadapter::decide
