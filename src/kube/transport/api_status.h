// What an answer of the API server means for the caller.
#pragma once

#include <string_view>

#include "base/result.h"
#include "kube/http.h"

namespace migadapter::kube {

/// Nothing for 2xx, else an error with the code the caller branches on, the server's own sentence
/// (metav1.Status) after `what` ("evicting team/a"), and how long to wait where the server says so.
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
base::Status status_of(const HttpResponse& response, std::string_view what);

/// The same for an answer that may not have come.
base::Status status_of(const base::Result<HttpResponse>& answer, std::string_view what);

}  // namespace migadapter::kube
