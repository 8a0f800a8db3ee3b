// A small HTTP/1.1 server, with TLS or without, for the webhook and the health endpoints.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "webhook/certificates.h"

namespace migadapter::webhook {

struct ServerRequest {
  std::string_view method{};
  std::string_view path{};   ///< without the query
  std::string_view query{};  ///< what follows the '?', as it came
  std::string_view content_type{};
  std::string_view authorization{};  ///< a secret: never logged
  std::string_view body{};
};

struct ServerReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
};

/// Called on a server thread, several at a time; must not block.
using ServerHandler = std::function<ServerReply(const ServerRequest&)>;

/// What one client may take of us; each limit has its reason beside its default.
struct ServerLimits {
  std::size_t most_body_bytes = 7 * 1024 * 1024;       ///< two objects of 3 MiB with their envelope
  std::size_t most_buffered_bytes = 64 * 1024 * 1024;  ///< bodies of all connections together
  std::size_t most_header_bytes = 16 * 1024;           ///< the API server sends under 1 KiB
  std::size_t most_connections = 1024;  ///< one more takes the place of the longest idle one
  base::Millis read_timeout{5'000};     ///< from the first byte of a request to its last
  base::Millis idle_timeout{90'000};    ///< between requests; the API server keeps alive
};

struct ServerOptions {
  std::string address = "0.0.0.0";
  std::uint16_t port = 0;  ///< 0: any free one, see Server::port
  bool tls = true;
  ServerCertificate certificate{};  ///< when tls
  /// Only clients with such a certificate are served; without it none is asked for.
  std::optional<ClientTrust> clients{};
  ServerLimits limits{};
};

class Server {
 public:
  virtual ~Server() = default;  ///< closes every connection and joins the threads
  virtual std::uint16_t port() const = 0;
  /// Handshakes from now on use these; connections that stand go on. Thread-safe.
  virtual base::Status replace_tls(const ServerCertificate& certificate,
                                   const std::optional<ClientTrust>& clients) = 0;
  /// Stops accepting, answers what is under way with `Connection: close`, returns when idle or
  /// after `timeout`.
  virtual void drain(base::Millis timeout) = 0;
};

/// Listens when it returns. Errors: the address is in use or may not be bound, the certificate is
/// unusable.
base::Result<std::unique_ptr<Server>> start_server(const ServerOptions& options,
                                                   ServerHandler handler, base::Logger& log);

}  // namespace migadapter::webhook
