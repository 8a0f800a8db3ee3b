// What no object of the API says about how the cluster schedules; the administrator does.
#pragma once

#include <set>

#include "base/name.h"

namespace migadapter::cluster {

struct SchedulerFacts {
  /// Schedulers beside default-scheduler that run its filters with its settings.
  std::set<base::Name> alike_schedulers;
  /// The API server adds a toleration of every extended resource that a pod asks for.
  /// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#extendedresourcetoleration
  bool tolerates_extended_resources = false;
};

}  // namespace migadapter::cluster
