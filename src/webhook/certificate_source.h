// Where a serving process has its certificate from, and when it needs another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "kube/http.h"
#include "kube/secret.h"
#include "webhook/authority_rotation.h"
#include "webhook/certificates.h"

namespace migadapter::webhook {

/// Used by one thread.
class CertificateSource {
 public:
  virtual ~CertificateSource() = default;

  /// The certificate to serve with from now on; nothing while it is the last one returned. May
  /// block for a request. An error leaves the last one in use; not_found and unavailable pass by
  /// themselves.
  virtual base::Result<std::optional<ServerCertificate>> renewed() = 0;
};

/// Signs leaves in memory with the CA that the acting controller keeps in the Secret.
class SigningSource final : public CertificateSource {
 public:
  SigningSource(kube::HttpTransport& transport, const base::Clock& clock, kube::SecretName name,
                std::vector<std::string> hosts, base::Millis lifetime)
      : transport_(transport),
        clock_(clock),
        name_(std::move(name)),
        hosts_(std::move(hosts)),
        lifetime_(lifetime) {}

  base::Result<std::optional<ServerCertificate>> renewed() override;

 private:
  base::Result<AuthoritySet> read() const;
  base::Result<std::optional<ServerCertificate>> sign(const CertificateAuthority& authority);

  kube::HttpTransport& transport_;
  const base::Clock& clock_;
  const kube::SecretName name_;
  const std::vector<std::string> hosts_;
  const base::Millis lifetime_;
  std::optional<Leaf> leaf_;
};

/// The user's own, or cert-manager's: tls.crt and tls.key of a folder, such as a mounted Secret,
/// read again each time, so that whatever replaces them, kubelet's swap of a link among it, is
/// noticed. Between both files a swap may come: then they do not match, and the next call reads
/// them again.
class FolderSource final : public CertificateSource {
 public:
  FolderSource(std::string folder, const base::Clock& clock)
      : folder_(std::move(folder)), clock_(clock) {}

  base::Result<std::optional<ServerCertificate>> renewed() override;

 private:
  const std::string folder_;
  const base::Clock& clock_;
  std::optional<ServerCertificate> last_;
};

}  // namespace migadapter::webhook
