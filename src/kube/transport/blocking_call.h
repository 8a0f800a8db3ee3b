// Waits for one answer, for start-up and shut-down.
#pragma once

#include "base/result.h"
#include "kube/http.h"

namespace migadapter::kube {

/// Sends and waits. REQUIRES: not called on the transport's thread.
base::Result<HttpResponse> send_and_wait(HttpTransport& transport, HttpRequest request);

}  // namespace migadapter::kube
