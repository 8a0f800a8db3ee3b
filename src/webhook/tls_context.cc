#include "webhook/tls_context.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string_view>

#include "webhook/openssl_pem.h"

namespace migadapter::webhook {
namespace {

/// ECDHE gives forward secrecy, GCM and ChaCha20 are the AEAD ciphers of TLS 1.2; all those of TLS
/// 1.3 are of the kind.
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// ALPN, as on the wire: a length, then the name.
constexpr std::string_view kHttp11Protocol = "\x08http/1.1";

/// Names what a session belongs to; resumption fails without one where a client sends a
/// certificate.
constexpr std::string_view kSessionContext = "migadapter";

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

extern "C" int choose_http11(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                             const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* match = nullptr;
  const int result = SSL_select_next_proto(&match, chosen_size, bytes_of(kHttp11Protocol),
                                           static_cast<unsigned int>(kHttp11Protocol.size()),
                                           offered, offered_size);
  *chosen = match;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

base::Error unusable(std::string_view what) {
  return {base::ErrorCode::invalid_argument,
          "the server certificate is unusable: " + std::string(what)};
}

void set_protocol(SSL_CTX& context) {
  MIGADAPTER_CHECK(SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1);
  MIGADAPTER_CHECK(SSL_CTX_set_cipher_list(&context, kTls12Ciphers) == 1);
  SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_alpn_select_cb(&context, choose_http11, nullptr);
}

void set_resumption(SSL_CTX& context) {
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
  MIGADAPTER_CHECK(SSL_CTX_set_num_tickets(&context, 1) == 1);
  MIGADAPTER_CHECK(
      SSL_CTX_set_session_id_context(&context, bytes_of(kSessionContext),
                                     static_cast<unsigned int>(kSessionContext.size())) == 1);
}

base::Status use_certificate(SSL_CTX& context, const ServerCertificate& certificate) {
  const auto chain = parse_certificates(certificate.chain_pem);
  if (!chain) {
    return unusable("its chain " + chain.error().message());
  }
  const auto key = parse_private_key(certificate.key_pem);
  if (!key) {
    return unusable("its key " + key.error().message());
  }
  if (SSL_CTX_use_certificate(&context, chain->front().get()) != 1) {
    return unusable(openssl_complaint());
  }
  if (SSL_CTX_use_PrivateKey(&context, key->get()) != 1) {
    return unusable("the key does not belong to it: " + openssl_complaint());
  }
  for (std::size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(&context, (*chain)[i].get()) != 1) {
      return unusable(openssl_complaint());
    }
  }
  return {};
}

/// OpenSSL checks the names as it checks a host's: one of them must be a DNS name of the
/// certificate or its common name.
void require_names(SSL_CTX& context, const std::vector<std::string>& names) {
  X509_VERIFY_PARAM* wanted = SSL_CTX_get0_param(&context);
  X509_VERIFY_PARAM_set_hostflags(
      wanted, X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS);
  for (const std::string& name : names) {
    MIGADAPTER_CHECK(X509_VERIFY_PARAM_add1_host(wanted, name.data(), name.size()) == 1);
  }
}

base::Status require_client_certificate(SSL_CTX& context, const ClientTrust& clients) {
  const auto authorities = parse_certificates(clients.authorities_pem);
  if (!authorities) {
    return authorities.error().with_context("the certificate authority of clients");
  }
  for (const CertificatePointer& authority : *authorities) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), authority.get());
    SSL_CTX_add_client_CA(&context, authority.get());
  }
  require_names(context, clients.names);
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

}  // namespace

void TlsContextFree::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

base::Result<TlsContext> make_tls_context(const ServerCertificate& certificate,
                                          const std::optional<ClientTrust>& clients) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  MIGADAPTER_CHECK(context != nullptr);
  set_protocol(*context);
  set_resumption(*context);
  if (auto used = use_certificate(*context, certificate); !used) {
    return used.error();
  }
  if (clients) {
    if (auto required = require_client_certificate(*context, *clients); !required) {
      return required.error();
    }
  }
  return context;
}

}  // namespace migadapter::webhook
