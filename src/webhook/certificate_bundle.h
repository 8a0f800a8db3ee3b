// Bundles of CA certificates, PEM: what an API server trusts.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "webhook/certificates.h"

namespace migadapter::webhook {

/// Each certificate of these texts once, in order, in one text. What is no certificate is left out.
std::string join_bundles(const std::vector<std::string>& bundles_pem);

/// The CA certificates of the bundle that have not ended at `now`, in one text.
std::string unexpired_authorities(const std::string& bundle_pem, base::WallTime now);

/// Whether the certificate is one of a CA and the key its own. Errors: invalid_argument saying
/// which of both is wrong, never quoting it.
base::Status check_authority(const CertificateAuthority& authority);

}  // namespace migadapter::webhook
