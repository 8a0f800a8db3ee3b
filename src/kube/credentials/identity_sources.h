// Identities and authorities that come from values or from files.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "kube/access.h"

namespace migadapter::kube {

/// Where one credential comes from: a value, or a file that is read again as it is replaced. Both
/// empty: there is none.
struct CredentialOrigin {
  std::string value;
  std::string file;
  bool given() const { return !value.empty() || !file.empty(); }
};

/// The three credentials that a user entry may hold directly.
struct FixedCredentials {
  CredentialOrigin token;
  CredentialOrigin certificate;
  CredentialOrigin key;
};

/// An identity from values and files. REQUIRES: certificate and key are both given or neither.
std::shared_ptr<IdentitySource> make_fixed_identity(const FixedCredentials& credentials,
                                                    const base::Clock& clock);

/// Authorities from a value or a file; neither: the machine's own.
std::shared_ptr<TrustSource> make_trust(const CredentialOrigin& authorities,
                                        const base::Clock& clock);

}  // namespace migadapter::kube
