// Numbers by which equal constraints and labels of pods are found again.
#pragma once

#include <cstddef>

#include "cluster/constraints.h"

namespace migadapter::kube {

/// Equal constraints have equal hashes; the parts that seldom differ are left out.
struct ConstraintsHash {
  std::size_t operator()(const cluster::Constraints& constraints) const;
};

struct LabelsHash {
  std::size_t operator()(const cluster::Labels& labels) const;
};

}  // namespace migadapter::kube
