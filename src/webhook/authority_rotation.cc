#include "webhook/authority_rotation.h"

#include <algorithm>

#include "webhook/certificate_bundle.h"

namespace migadapter::webhook {
namespace {

constexpr base::Millis kShortestTrustPatience{2'000};
constexpr base::Millis kLongestTrustPatience{60'000};

/// From the end of a CA's signing until every replica has read that in the Secret: they look often
/// in the life of a leaf, and at least every few seconds.
constexpr base::Millis kLongestReadingDelay{20'000};

bool has_ended(const std::string& certificate_pem, base::WallTime now) {
  const auto validity = validity_of(certificate_pem);
  return !validity || now >= validity->end;
}

void drop_if_ended(std::optional<CertificateAuthority>& authority, base::WallTime now) {
  if (authority && has_ended(authority->certificate_pem, now)) {
    authority.reset();
  }
}

AuthoritySet without_what_has_ended(AuthoritySet set, base::WallTime now) {
  drop_if_ended(set.signing, now);
  drop_if_ended(set.next, now);
  if (now >= set.retired_until) {
    set.retired_pem.clear();
  }
  if (set.retired_pem.empty()) {
    set.retired_until = {};
  }
  return set;
}

void retire(AuthoritySet& set, const std::string& certificates_pem, const RotationView& view,
            const CertificateLifetimes& lifetimes) {
  set.retired_pem =
      unexpired_authorities(join_bundles({certificates_pem, set.retired_pem}), view.now);
  if (!set.retired_pem.empty()) {
    // Whole seconds, as the Secret has them.
    const base::Millis delay = std::min(lifetimes.leaf, kLongestReadingDelay);
    set.retired_until = std::chrono::ceil<std::chrono::seconds>(view.now + lifetimes.leaf + delay);
  }
}

void promote_next(AuthoritySet& set, const RotationView& view,
                  const CertificateLifetimes& lifetimes) {
  if (set.signing) {
    retire(set, set.signing->certificate_pem, view, lifetimes);
  }
  set.signing = std::move(set.next);
  set.next.reset();
}

bool needs_successor(const std::optional<CertificateAuthority>& signing, base::WallTime now) {
  if (!signing) {
    return true;
  }
  const auto validity = validity_of(signing->certificate_pem);
  return !validity || is_due(*validity, now);
}

}  // namespace

base::Millis trust_patience(const CertificateLifetimes& lifetimes) {
  return std::clamp(lifetimes.leaf / 3, kShortestTrustPatience, kLongestTrustPatience);
}

base::Result<AuthoritySet> rotate(const RotationView& view, const CertificateLifetimes& lifetimes,
                                  const MakeAuthority& make) {
  AuthoritySet set = without_what_has_ended(view.stored.value_or(AuthoritySet{}), view.now);
  if (!view.stored) {
    retire(set, view.registered_bundle_pem, view, lifetimes);
  }
  if (set.next && view.next_trusted_for >= trust_patience(lifetimes)) {
    promote_next(set, view, lifetimes);
  }
  if (!set.next && needs_successor(set.signing, view.now)) {
    auto made = make();
    if (!made) {
      return made.error();
    }
    set.next = std::move(*made);
  }
  return set;
}

base::Result<std::optional<CertificateAuthority>> issuer_of_next_leaf(
    const AuthoritySet& authorities, const std::optional<Leaf>& leaf, base::WallTime now) {
  const auto& [signing, next, retired_pem, retired_until] = authorities;
  const bool is_fresh = leaf && !is_due(leaf->validity, now);
  const auto signed_leaf = [&leaf](const std::optional<CertificateAuthority>& authority) {
    return leaf && authority && leaf->issuer_pem == authority->certificate_pem;
  };
  if (signing && !has_ended(signing->certificate_pem, now)) {
    return is_fresh && signed_leaf(signing) ? std::nullopt : signing;
  }
  const bool is_valid = leaf && now < leaf->validity.end;
  if (is_valid && (is_fresh || !signed_leaf(next))) {
    return std::optional<CertificateAuthority>();
  }
  if (next && !has_ended(next->certificate_pem, now)) {
    return next;
  }
  return base::Error(base::ErrorCode::unavailable,
                     "every certificate authority of the Secret has ended; the acting controller "
                     "makes a new one");
}

}  // namespace migadapter::webhook
