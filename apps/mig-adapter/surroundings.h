// What every part of the process works with.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "flags.h"
#include "kube/http.h"
#include "webhook_place.h"

namespace migadapter::app {

/// How long the start waits for an API server that does not answer.
inline constexpr base::Millis kStartPatience{30'000};
/// How long the end waits for each thing that others should be told.
inline constexpr base::Millis kStopPatience{5'000};

/// Made once the API server is known; outlives the parts.
struct Surroundings {
  const RunFlags& flags;
  const base::Clock& clock;
  base::Logger& log;
  kube::HttpTransport& transport;
  std::string name_space;  ///< our own: Leases, the dry-run probe
  std::string identity;    ///< of this process among its replicas, in Leases
  WebhookPlace place;
};

/// The Lease of this process as a replica of the webhook.
std::string replica_lease_name(const std::string& identity);

}  // namespace migadapter::app
