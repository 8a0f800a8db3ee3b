// A process that answers the webhook, as its Lease shows it.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/name.h"

namespace migadapter::cluster {

/// The Lease of one replica of the webhook.
struct Replica {
  base::Name uid;  ///< of the Lease
  std::string name;
  std::string resource_version;  ///< changes with each renewal
  std::string served_rules;      ///< every MigRule up to this resourceVersion is in its answers
  base::Millis duration{0};      ///< without a renewal for so long it is dead
  friend bool operator==(const Replica&, const Replica&) = default;
};

}  // namespace migadapter::cluster
