#include "kube/credentials/identity_sources.h"

#include "base/check.h"
#include "kube/credentials/credential_file.h"

namespace migadapter::kube {
namespace {

/// One credential, ready to be asked for.
class Credential {
 public:
  Credential(const CredentialOrigin& origin, const base::Clock& clock) : value_(origin.value) {
    if (!origin.file.empty()) file_ = std::make_unique<RotatingFile>(origin.file, clock);
  }

  bool given() const { return file_ != nullptr || !value_.empty(); }
  base::Result<std::string> current() const { return file_ ? file_->content() : value_; }
  void forget() const {
    if (file_) file_->forget();
  }

 private:
  std::string value_;
  std::unique_ptr<RotatingFile> file_;
};

class FixedIdentity final : public IdentitySource {
 public:
  FixedIdentity(const FixedCredentials& credentials, const base::Clock& clock)
      : token_(credentials.token, clock),
        certificate_(credentials.certificate, clock),
        key_(credentials.key, clock) {}

  base::Result<Identity> current() override {
    Identity identity;
    const auto token = token_.current();
    if (!token.ok()) return token.error().with_context("reading the token");
    identity.bearer_token = trimmed(*token);
    if (!certificate_.given()) return identity;
    const auto certificate = certificate_.current();
    if (!certificate.ok()) return certificate.error().with_context("reading the certificate");
    const auto key = key_.current();
    if (!key.ok()) return key.error().with_context("reading the certificate's key");
    identity.certificate = ClientCertificate{*certificate, *key};
    return identity;
  }

  void reject() override {
    token_.forget();
    certificate_.forget();
    key_.forget();
  }

 private:
  const Credential token_;
  const Credential certificate_;
  const Credential key_;
};

class FixedTrust final : public TrustSource {
 public:
  FixedTrust(const CredentialOrigin& authorities, const base::Clock& clock)
      : authorities_(authorities, clock) {}
  base::Result<std::string> current() override { return authorities_.current(); }

 private:
  const Credential authorities_;
};

}  // namespace

std::shared_ptr<IdentitySource> make_fixed_identity(const FixedCredentials& credentials,
                                                    const base::Clock& clock) {
  MIGADAPTER_CHECK(credentials.certificate.given() == credentials.key.given());
  return std::make_shared<FixedIdentity>(credentials, clock);
}

std::shared_ptr<TrustSource> make_trust(const CredentialOrigin& authorities,
                                        const base::Clock& clock) {
  return std::make_shared<FixedTrust>(authorities, clock);
}

}  // namespace migadapter::kube
