// How to reach an API server and who we are there.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::kube {

/// A client certificate with its key, both PEM.
struct ClientCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

/// What identifies us in one request. Either part may be absent.
struct Identity {
  std::string bearer_token;
  std::optional<ClientCertificate> certificate;
};

/// Gives the identity to use now. Thread-safe; may read files or run a program, so never call it on
/// a thread that must not block.
class IdentitySource {
 public:
  virtual ~IdentitySource() = default;
  virtual base::Result<Identity> current() = 0;
  /// The server answered 401 to the last identity: forget what was cached.
  virtual void reject() = 0;
};

/// Gives the certificate authorities to trust now, PEM; empty means the machine's own.
class TrustSource {
 public:
  virtual ~TrustSource() = default;
  virtual base::Result<std::string> current() = 0;
};

/// One API server as one user.
struct Access {
  std::string server;           ///< "https://host:port", without a trailing slash
  std::string tls_server_name;  ///< empty: the host of `server`
  bool insecure_skip_tls_verify = false;
  std::shared_ptr<TrustSource> trust;
  std::shared_ptr<IdentitySource> identity;
  std::string default_namespace = "default";
};

/// Reads a kubeconfig: certificates (inline or files, relative to it), token, tokenFile and exec
/// plugins (client.authentication.k8s.io/v1 and v1beta1). An empty path means $KUBECONFIG (several
/// files, merged), then ~/.kube/config; an empty context means current-context. Errors name the
/// file and the field. `clock` must outlive the result. A plugin is first run when the identity is
/// first asked for.
/// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
base::Result<Access> load_kubeconfig(const std::string& path, const std::string& context,
                                     const base::Clock& clock);

/// The pod's own service account: token and CA are read again as they rotate (at least once a
/// minute). `clock` must outlive the result. Errors: not_found outside a cluster.
base::Result<Access> in_cluster_access(const base::Clock& clock);

}  // namespace migadapter::kube
