// A server on this machine as tests use it: with an authority of its own, it answers with what it
// was asked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "webhook/certificates.h"
#include "webhook/server.h"
#include "webhook/test_client.h"

namespace migadapter::webhook {

inline base::WallTime today() {
  return base::SystemClock().wall();
}

inline ServerReply echo(const ServerRequest& request) {
  return {.body = std::string(request.method) + " " + std::string(request.path) + " " +
                  std::string(request.query) + " " + std::string(request.body)};
}

/// A server of the test with its own authority.
class Running {
 public:
  explicit Running(ServerOptions options = {}, ServerHandler handler = echo)
      : authority_(*make_certificate_authority(today())) {
    options.certificate = new_certificate();
    if (options.address == "0.0.0.0") {
      options.address = "127.0.0.1";
    }
    auto started = start_server(options, std::move(handler), log_);
    MIGADAPTER_CHECK(started.ok());
    server_ = std::move(*started);
  }

  ServerCertificate new_certificate() const {
    return *issue_certificate(authority_, {"localhost", "127.0.0.1", "::1"}, today());
  }
  const std::string& ca() const { return authority_.certificate_pem; }
  Server& server() { return *server_; }
  std::uint16_t port() const { return server_->port(); }
  void stop() { server_.reset(); }

 private:
  base::SystemClock clock_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::error, [](std::string_view) {}};
  CertificateAuthority authority_;
  std::unique_ptr<Server> server_;
};

inline ServerOptions plain() {
  return {.tls = false};
}

inline ServerOptions limited(const ServerLimits& limits) {
  return {.tls = false, .limits = limits};
}

inline int status_of(const std::optional<ClientReply>& reply) {
  return reply ? reply->status : 0;
}

}  // namespace migadapter::webhook
