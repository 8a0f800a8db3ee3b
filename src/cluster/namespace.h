// A namespace as the decisions need it.
#pragma once

#include "base/name.h"
#include "cluster/constraints.h"
#include "cluster/opt_out.h"

namespace migadapter::cluster {

/// One namespace. Labels are kept whole: a selector of a policy or of a pod's affinity can name
/// any.
struct Namespace {
  base::Name name;
  Labels labels;             ///< ordered by key
  bool terminating = false;  ///< metadata.deletionTimestamp is set: no pod can be created in it
  OptOuts opt_outs;          ///< for all of its pods
  friend bool operator==(const Namespace&, const Namespace&) = default;
};

}  // namespace migadapter::cluster
