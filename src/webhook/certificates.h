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
};

/// A certificate authority of our own, P-256, PEM. Lives in memory only.
struct CertificateAuthority {
  std::string certificate_pem;
  std::string key_pem;
};

/// A new CA valid for ten years from an hour before `now` (clocks differ).
base::Result<CertificateAuthority> make_certificate_authority(base::WallTime now);

/// A leaf for these hosts (DNS names or IP addresses, each a subjectAltName), valid for a year from
/// an hour before `now`. REQUIRES: hosts is not empty.
base::Result<ServerCertificate> issue_certificate(const CertificateAuthority& authority,
                                                  const std::vector<std::string>& hosts,
                                                  base::WallTime now);

/// Reads `tls.crt` and `tls.key` of the folder and checks that they belong together and are valid
/// at `now`. Errors name the file and what is wrong with it.
base::Result<ServerCertificate> load_certificate(const std::string& folder, base::WallTime now);

/// What an API server needs to trust the certificates of the folder: its `ca.crt`, or without one
/// the last certificate of `tls.crt`.
base::Result<std::string> load_ca_bundle(const std::string& folder);

/// When the first certificate of the chain ends.
base::Result<base::WallTime> not_after(const std::string& chain_pem);

}  // namespace migadapter::webhook
