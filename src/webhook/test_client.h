// A plain blocking HTTP client over a socket or TLS, for tests and the benchmark: it can send half
// a request, and sees how the server closes.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "webhook/openssl_pem.h"

namespace migadapter::webhook {

struct ClientReply {
  int status = 0;
  std::string headers;  ///< lower case, with the status line
  std::string body;
};

/// How the client speaks TLS. One may serve many connections; then later ones resume the session of
/// earlier ones.
class ClientTls {
 public:
  /// `highest_version` is TLS1_1_VERSION and so on; 0 means no limit.
  explicit ClientTls(const std::string& ca_pem, int highest_version = 0);

  SSL_CTX& context() { return *context_; }
  /// The session to resume next; nullptr before the first.
  SSL_SESSION* session() { return session_.get(); }

 private:
  static int remember(SSL* connection, SSL_SESSION* session);

  std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>> context_;
  std::unique_ptr<SSL_SESSION, OpensslFree<SSL_SESSION_free>> session_;
};

/// One connection to 127.0.0.1 or ::1. Not thread-safe.
class TestClient {
 public:
  /// `tls` nullptr: plain HTTP. Look at connected().
  TestClient(std::uint16_t port, ClientTls* tls, const char* address = "127.0.0.1");
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return connected_; }
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  /// "CN" of the server's certificate chain's leaf, DER digest: equal exactly for equal ones.
  std::string server_certificate() const;

  bool send(std::string_view bytes);
  /// Nothing when the connection ended first.
  std::optional<ClientReply> read_reply();
  /// Waits until the server ends the connection; false when it sent more bytes instead.
  bool server_closes();

  std::optional<ClientReply> post(std::string_view path, std::string_view body);
  std::optional<ClientReply> get(std::string_view path);

 private:
  int receive(char* into, int most);
  bool receive_until(std::size_t bytes);

  int socket_ = -1;
  std::unique_ptr<SSL, OpensslFree<SSL_free>> ssl_;
  bool connected_ = false;
  std::string input_;
};

/// A POST of JSON as the API server sends it, ready for the wire.
std::string post_request(std::string_view path, std::string_view body);

}  // namespace migadapter::webhook
