// Health endpoints in the form of the Kubernetes API server's own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "webhook/server.h"

namespace migadapter::webhook {

/// One thing that must hold. `check` is called on server threads for every probe: it must be
/// thread-safe and must not block. Its error is shown to whoever asks; keep secrets out of it.
struct HealthCheck {
  std::string name;
  std::function<base::Status()> check;
};

struct HealthChecks {
  std::vector<HealthCheck> live;   ///< failing: the process should be restarted
  std::vector<HealthCheck> ready;  ///< failing: do not send it work now
};

/// Answers GET /livez (and its old name /healthz) and /readyz: 200 "ok", with `?verbose` one line
/// for each check, or 500 with those lines when any fails. Other paths 404.
/// https://kubernetes.io/docs/reference/using-api/health-checks/
ServerHandler make_health_handler(HealthChecks checks);

}  // namespace migadapter::webhook
