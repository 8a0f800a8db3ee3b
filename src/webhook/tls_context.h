// The TLS settings of the server, made from a certificate.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "webhook/certificates.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace migadapter::webhook {

struct TlsContextFree {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, TlsContextFree>;

/// TLS 1.2 and 1.3 with forward secrecy and AEAD ciphers only, HTTP/1.1 only (no h2: what an
/// admission webhook does not need cannot be abused), sessions resumed by tickets so that the
/// server keeps no state of them. With `clients`, a client without a certificate of one of these
/// authorities and names fails its handshake. Errors: invalid_argument when the certificate, its
/// key or the authorities are unusable.
base::Result<TlsContext> make_tls_context(const ServerCertificate& certificate,
                                          const std::optional<ClientTrust>& clients);

}  // namespace migadapter::webhook
