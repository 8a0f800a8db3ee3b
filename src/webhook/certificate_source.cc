#include "webhook/certificate_source.h"

#include <utility>

#include "webhook/authority_keeper.h"

namespace migadapter::webhook {

base::Result<AuthoritySet> SigningSource::read() const {
  const auto secret = kube::read_secret(transport_, name_);
  if (!secret) {
    return secret.error();
  }
  if (!secret->is_ours) {
    return foreign_secret(name_);
  }
  auto authorities = decode_authorities(secret->data);
  if (!authorities) {
    // The acting controller replaces it.
    return base::Error(base::ErrorCode::unavailable,
                       "Secret " + name_.name + ": " + authorities.error().message());
  }
  return authorities;
}

base::Result<std::optional<ServerCertificate>> SigningSource::renewed() {
  const auto authorities = read();
  if (!authorities) {
    return authorities.error();
  }
  const auto issuer = issuer_of_next_leaf(*authorities, leaf_, clock_.wall());
  if (!issuer) {
    return issuer.error();
  }
  return *issuer ? sign(**issuer) : std::optional<ServerCertificate>();
}

base::Result<std::optional<ServerCertificate>> SigningSource::sign(
    const CertificateAuthority& authority) {
  auto certificate = issue_certificate(authority, hosts_, clock_.wall(), lifetime_);
  if (!certificate) {
    return certificate.error();
  }
  const auto validity = validity_of(certificate->chain_pem);
  MIGADAPTER_CHECK(validity.ok());
  leaf_ = Leaf{authority.certificate_pem, *validity};
  return std::optional(*std::move(certificate));
}

base::Result<std::optional<ServerCertificate>> FolderSource::renewed() {
  auto certificate = load_certificate(folder_, clock_.wall());
  if (!certificate) {
    // A file that is not there is a mistake like any other: nobody will bring it.
    return base::Error(base::ErrorCode::invalid_argument, certificate.error().message())
        .with_context("--cert-dir");
  }
  if (certificate.value() == last_) {
    return std::optional<ServerCertificate>();
  }
  last_ = *std::move(certificate);
  return last_;
}

}  // namespace migadapter::webhook
