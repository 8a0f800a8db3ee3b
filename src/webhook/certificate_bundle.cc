#include "webhook/certificate_bundle.h"

#include <openssl/x509v3.h>

#include <algorithm>

#include "webhook/openssl_pem.h"

namespace migadapter::webhook {
namespace {

base::Error invalid(std::string_view what, std::string_view problem) {
  return {base::ErrorCode::invalid_argument, std::string(what) + " " + std::string(problem)};
}

bool is_authority(X509& certificate) {
  return X509_check_ca(&certificate) == 1;
}

/// One PEM text for each certificate; none where the text is empty or damaged.
std::vector<CertificatePointer> certificates_of(const std::string& pem) {
  auto parsed = parse_certificates(pem);
  return parsed ? std::move(*parsed) : std::vector<CertificatePointer>();
}

}  // namespace

std::string join_bundles(const std::vector<std::string>& bundles_pem) {
  std::string joined;
  for (const std::string& bundle : bundles_pem) {
    for (const CertificatePointer& certificate : certificates_of(bundle)) {
      const std::string pem = to_pem(*certificate);
      if (joined.find(pem) == std::string::npos) {
        joined += pem;
      }
    }
  }
  return joined;
}

std::string unexpired_authorities(const std::string& bundle_pem, base::WallTime now) {
  std::string kept;
  for (const CertificatePointer& certificate : certificates_of(bundle_pem)) {
    if (is_authority(*certificate) && now < validity_of(*certificate).end) {
      kept += to_pem(*certificate);
    }
  }
  return kept;
}

base::Status check_authority(const CertificateAuthority& authority) {
  const auto certificates = parse_certificates(authority.certificate_pem);
  if (!certificates) {
    return invalid("the certificate", certificates.error().message());
  }
  X509& certificate = *certificates->front();
  if (!is_authority(certificate)) {
    return invalid("the certificate", "is not one of a certificate authority");
  }
  const auto key = parse_private_key(authority.key_pem);
  if (!key) {
    return invalid("the key", key.error().message());
  }
  if (X509_check_private_key(&certificate, key->get()) != 1) {
    openssl_complaint();
    return invalid("the key", "does not belong to the certificate");
  }
  return {};
}

}  // namespace migadapter::webhook
