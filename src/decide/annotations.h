// What the annotations of cluster/annotations.h hold.
#pragma once

#include <string>

#include "cluster/pod.h"

namespace migadapter::decide {

/// The requests as the annotations hold them: `{"main":{"nvidia.com/mig-1g.5gb":1}}`, containers in
/// the pod's order.
std::string to_annotation(const cluster::MigRequests& requests);

}  // namespace migadapter::decide
