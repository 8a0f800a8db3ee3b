// How fast the pods of one owner are moved: the numbers and steps that whoever moves them keeps to.
#pragma once

#include "base/clock.h"

namespace migadapter::decide {

/// Moves of one owner at the same time, once earlier ones were confirmed. Enough for a burst of 100
/// within a few scheduler rounds, few enough that a bad grant harms little.
inline constexpr int kMostMovesOfOwner = 32;

/// How much larger each round of one owner's moves is than the one before. A round takes as long as
/// the scheduler needs to get to the new pods, a second or two in a burst, so there should be few.
inline constexpr int kPaceGrowth = 4;

/// An owner whose move failed waits this long, then twice as long for each further failure.
inline constexpr base::Millis kFirstBackOff{10'000};
inline constexpr base::Millis kLongestBackOff{600'000};

/// How many moves may be under way after one more of a window of so many was confirmed.
int widened(int window);

/// How long the owner waits after so many failures in a row. REQUIRES: at least one.
base::Millis back_off(int failures_in_a_row);

}  // namespace migadapter::decide
