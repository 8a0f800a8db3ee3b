// Our own kinds in the API server: MigPolicy and its like, compiled in from deploy/.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "kube/http.h"

namespace migadapter::kube {

/// A CustomResourceDefinition as its file in deploy/ has it.
struct CrdManifest {
  std::string_view name;  ///< "migpolicies.migadapter.io"
  std::string_view yaml;
};

/// Every definition that is compiled in (src/kube/CMakeLists.txt names the files).
std::span<const CrdManifest> crd_manifests();

/// Creates or updates every definition by server-side apply and asks whether the API server serves
/// them. Blocking, of at most kRegistrationTimeout for each request; thread-safe. Errors:
/// unavailable while one is not served yet, which takes it a moment: ask again.
base::Status register_crds(HttpTransport& transport);

}  // namespace migadapter::kube
