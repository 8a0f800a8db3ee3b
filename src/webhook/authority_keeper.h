// Keeps the Secret with the certificate authorities: made, rotated and mended by the acting
// controller alone.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "kube/http.h"
#include "kube/secret.h"
#include "webhook/authority_rotation.h"
#include "webhook/authority_set.h"

namespace migadapter::webhook {

/// The Secret, in our own namespace.
inline constexpr const char* kAuthoritySecret = "mig-adapter-ca";

/// What to do about a Secret of that name that is not ours.
base::Error foreign_secret(const kube::SecretName& name);

/// Used by one thread; blocks for a few requests.
class AuthorityKeeper {
 public:
  AuthorityKeeper(kube::HttpTransport& transport, const base::Clock& clock, base::Logger& log,
                  kube::SecretName name, CertificateLifetimes lifetimes)
      : transport_(transport),
        clock_(clock),
        log_(log),
        name_(std::move(name)),
        lifetimes_(lifetimes) {}

  /// One round: reads the Secret, writes it where something is due, and returns the bundle that
  /// the API server has to trust now. Each write names the version it replaces; conflict and
  /// already_exists mean that another was quicker: go round again. A Secret of ours that cannot be
  /// used is replaced, one that is not ours is left alone: invalid_argument.
  base::Result<std::string> keep();

  /// The API server's webhook configuration holds this bundle, in this version.
  void on_registered(const std::string& bundle_pem, const std::string& resource_version);

 private:
  base::Result<kube::Secret> read() const;
  std::optional<AuthoritySet> usable(const kube::Secret& secret);
  base::Result<RotationView> look(const kube::Secret& secret);
  base::Millis trusted_for(const AuthoritySet& authorities) const;
  void say_what_changed(const std::optional<AuthoritySet>& before, const AuthoritySet& after);

  kube::HttpTransport& transport_;
  const base::Clock& clock_;
  base::Logger& log_;
  const kube::SecretName name_;
  const CertificateLifetimes lifetimes_;
  std::string registered_bundle_pem_;
  std::string registered_version_;
  base::MonotonicTime registered_since_{};
};

}  // namespace migadapter::webhook
