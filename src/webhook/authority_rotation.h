// When certificate authorities come, sign and go: the rules, without any I/O.
//
//   none ---> next ------------------> signing ----------------> retired -------------> gone
//             in the caBundle,         leaves are signed,        its last leaf ends,
//             until the API server     until two thirds of       then it leaves the caBundle
//             surely trusts it         its life are over
//
// A leaf is never signed by a CA that the API server may not trust yet, unless nothing better is
// there: before the first, or when all others have ended.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "webhook/authority_set.h"

namespace migadapter::webhook {

/// How long the API server must have trusted a CA before it signs. An API server reads its webhook
/// configurations through a watch of its own, so that replicas learn of a change a moment apart.
base::Millis trust_patience(const CertificateLifetimes& lifetimes);

struct RotationView {
  std::optional<AuthoritySet> stored;  ///< nothing: there is no usable Secret
  /// What the API server trusts now; only looked at when nothing is stored: the leaves of a lost
  /// Secret are still served.
  std::string registered_bundle_pem;
  base::Millis next_trusted_for{0};  ///< how long `stored->next` has been in the caBundle
  base::WallTime now{};
};

/// Makes a new CA.
using MakeAuthority = std::function<base::Result<CertificateAuthority>()>;

/// The authorities as they should be now; equal to what is stored when nothing is to be done.
base::Result<AuthoritySet> rotate(const RotationView& view, const CertificateLifetimes& lifetimes,
                                  const MakeAuthority& make);

/// A leaf in use and where it comes from.
struct Leaf {
  std::string issuer_pem;
  Validity validity;
};

/// The CA to sign a new leaf with; nothing while the one in use is to be kept. An error when there
/// is none to sign with.
base::Result<std::optional<CertificateAuthority>> issuer_of_next_leaf(
    const AuthoritySet& authorities, const std::optional<Leaf>& leaf, base::WallTime now);

}  // namespace migadapter::webhook
