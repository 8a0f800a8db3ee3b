// Certificates for the webhook: our own CA and leaf, or files of the user's.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::webhook {

/// A certificate chain with its key, PEM.
struct ServerCertificate {
  std::string chain_pem;
  std::string key_pem;
  friend bool operator==(const ServerCertificate&, const ServerCertificate&) = default;
};

/// A certificate authority of our own, P-256, PEM.
struct CertificateAuthority {
  std::string certificate_pem;
  std::string key_pem;
  friend bool operator==(const CertificateAuthority&, const CertificateAuthority&) = default;
};

/// Whose client certificates a server accepts.
struct ClientTrust {
  std::string authorities_pem;
  std::vector<std::string> names;  ///< common or DNS names, one of which it must have; empty: any
  friend bool operator==(const ClientTrust&, const ClientTrust&) = default;
};

/// For how long, from now on, what we issue is valid.
struct CertificateLifetimes {
  base::Millis authority = std::chrono::days(365);
  base::Millis leaf = std::chrono::days(7);
};

/// What we issue is valid this long before it was issued: clocks differ.
inline constexpr base::Millis kBackdating = std::chrono::hours(1);

/// A new CA, valid for `lifetime` from `now`.
base::Result<CertificateAuthority> make_certificate_authority(
    base::WallTime now, base::Millis lifetime = CertificateLifetimes{}.authority);

/// A leaf for these hosts (DNS names or IP addresses, each a subjectAltName), valid for `lifetime`
/// from `now`, though no longer than its authority. REQUIRES: hosts is not empty.
base::Result<ServerCertificate> issue_certificate(
    const CertificateAuthority& authority, const std::vector<std::string>& hosts,
    base::WallTime now, base::Millis lifetime = CertificateLifetimes{}.leaf);

/// Reads the CA certificates of a file. Errors name the file and what is wrong with it.
base::Result<std::string> load_authorities(const std::string& path);

/// The first and the last moment of a certificate.
struct Validity {
  base::WallTime begin;
  base::WallTime end;
};

/// Of the first certificate of the text. Errors: invalid_argument when there is none.
base::Result<Validity> validity_of(const std::string& certificates_pem);

/// Whether two thirds of the life of something that we issued are over. A third is left to notice
/// that it cannot be renewed.
bool is_due(const Validity& validity, base::WallTime now);

/// Reads `tls.crt` and `tls.key` of the folder and checks that they belong together and are valid
/// at `now`. Errors name the file and what is wrong with it.
base::Result<ServerCertificate> load_certificate(const std::string& folder, base::WallTime now);

/// What an API server needs to trust the certificates of the folder: its `ca.crt`, or without one
/// the last certificate of `tls.crt`.
base::Result<std::string> load_ca_bundle(const std::string& folder);

}  // namespace migadapter::webhook
