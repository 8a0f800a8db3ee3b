// What people say about moving a pod: on the pod itself, on its owner, on its namespace.
#pragma once

#include "base/name.h"

namespace migadapter::cluster {

/// The values of the annotations of annotations.h as they were written; empty where there is none.
/// They are read when a decision is made, so that one that cannot be read refuses the move with its
/// own text instead of being passed over.
struct OptOuts {
  base::Name upgrade = {};        ///< "disabled": no upgrade
  base::Name restore = {};        ///< "disabled": no restore
  base::Name largest_grant = {};  ///< a profile or resource: nothing larger is given
  friend bool operator==(const OptOuts&, const OptOuts&) = default;
};

}  // namespace migadapter::cluster
