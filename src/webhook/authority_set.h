// The certificate authorities that all replicas share, as they are kept in one Secret.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "webhook/certificates.h"

namespace migadapter::webhook {

/// A CA goes through three stages: `next`, while the API server learns to trust it; `signing`; and
/// retired, while leaves that it signed may still be served. The API server trusts all of them.
struct AuthoritySet {
  std::optional<CertificateAuthority> signing;
  std::optional<CertificateAuthority> next;
  std::string retired_pem;  ///< certificates only: nothing is signed any more
  base::WallTime retired_until{};
  friend bool operator==(const AuthoritySet&, const AuthoritySet&) = default;
};

/// What the API server has to trust.
std::string bundle_of(const AuthoritySet& authorities);

/// The Secret's data: tls.crt and tls.key of the signing CA, next.crt and next.key, retired.crt and
/// retired-until, and ca.crt, which is bundle_of() for other readers.
using SecretData = std::map<std::string, std::string>;
SecretData encode_authorities(const AuthoritySet& authorities);

/// Errors: invalid_argument naming the key of the data that cannot be used, never its value. A
/// Secret without any CA is an error too.
base::Result<AuthoritySet> decode_authorities(const SecretData& data);

}  // namespace migadapter::webhook
