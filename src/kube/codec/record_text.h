// Records as text, for golden files; for tests only.
#pragma once

#include <string>

#include "kube/cluster_watch.h"

namespace migadapter::kube {

/// One line per field that is not empty.
std::string to_text(const ClusterEvent& event);

}  // namespace migadapter::kube
