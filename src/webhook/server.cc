#include "webhook/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>

#include "webhook/connection.h"
#include "webhook/tls_context.h"

namespace migadapter::webhook {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using TlsContextPointer = std::shared_ptr<asio::ssl::context>;

/// One thread keeps up with tens of thousands of reviews a second; the second is there so that a
/// handshake or a large body on one does not hold up the others.
constexpr std::size_t kThreads = 2;
/// Deadlines are looked at this often at least, and sooner where the limits are short.
constexpr base::Millis kSlowestTick{1'000};
constexpr base::Millis kDrainTick{50};
/// After a failed accept (no file descriptor free), so that it does not spin.
constexpr base::Millis kAcceptPause{100};

base::Millis tick_of(const ServerLimits& limits) {
  const base::Millis shortest = std::min(limits.read_timeout, limits.idle_timeout);
  return std::clamp(shortest / 4, base::Millis{5}, kSlowestTick);
}

/// One thread with its connections. Everything of a connection happens on its worker's thread.
class Worker {
 public:
  explicit Worker(ServerState& state)
      : state_(state), io_(1), timer_(io_), tick_(tick_of(state.limits)) {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  asio::io_context& io() { return io_; }

  void start() {
    arm(tick_);
    thread_ = std::thread([this] { io_.run(); });
  }

  void stop() {
    io_.stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  /// Any thread.
  void adopt(tcp::socket socket, TlsContextPointer tls) {
    asio::post(io_, [this, socket = std::move(socket), tls = std::move(tls)]() mutable {
      open_connection(std::move(socket), tls.get(), state_, connections_);
    });
  }

  /// Any thread. Closes the connection here that has waited longest for its client, of those that
  /// began to before that number of ServerState::waits; where there is none, `otherwise` is called
  /// on this worker's thread.
  void make_room(std::uint64_t before, std::function<void()> otherwise) {
    asio::post(io_, [this, before, otherwise = std::move(otherwise)] {
      if (!connections_.evict_longest_waiting(before)) {
        otherwise();
      }
    });
  }

  /// Any thread.
  std::size_t connection_count() const { return connections_.size(); }

  /// Any thread.
  void drain() {
    asio::post(io_, [this] {
      for (Connection* connection : connections_.all()) {
        connection->drain(state_.clock.monotonic());
      }
      tick_ = kDrainTick;
      arm(tick_);
    });
  }

 private:
  void arm(base::Millis delay) {
    timer_.expires_after(delay);
    timer_.async_wait([this](const error_code& error) {
      if (!error) {
        check_deadlines();
        arm(tick_);
      }
    });
  }

  void check_deadlines() {
    const base::MonotonicTime now = state_.clock.monotonic();
    for (Connection* connection : connections_.all()) {
      connection->check_deadline(now);
    }
  }

  ServerState& state_;
  ConnectionSet connections_;  ///< must outlive io_, whose end ends the connections
  asio::io_context io_;
  asio::steady_timer timer_;
  base::Millis tick_;
  std::thread thread_;
};

/// Accepts on one worker's thread and deals the connections out in turn.
class TlsServer final : public Server {
 public:
  TlsServer(const ServerOptions& options, ServerHandler handler, base::Logger& log)
      : state_(options.limits, std::move(handler), log),
        workers_{Worker(state_), Worker(state_)},
        acceptor_(accepting_worker().io()),
        accept_pause_(accepting_worker().io()) {}

  ~TlsServer() override {
    for (Worker& worker : workers_) {
      worker.stop();
    }
  }

  base::Status listen(const ServerOptions& options);
  void start();

  std::uint16_t port() const override { return port_; }
  base::Status replace_tls(const ServerCertificate& certificate,
                           const std::optional<ClientTrust>& clients) override;
  void drain(base::Millis timeout) override;

 private:
  /// The last, which is destroyed first: an accept under way holds a socket of another worker,
  /// whose io_context must still be there when the accept is dropped.
  Worker& accepting_worker() { return workers_.back(); }
  void accept();
  void on_accept(const error_code& error, tcp::socket socket, Worker& worker);
  void make_room(Worker& of_newcomer, std::uint64_t newcomer);
  TlsContextPointer tls_context() const;

  ServerState state_;
  std::array<Worker, kThreads> workers_;
  tcp::acceptor acceptor_;
  asio::steady_timer accept_pause_;
  std::size_t next_worker_ = 0;
  std::uint16_t port_ = 0;
  mutable std::mutex tls_mutex_;
  TlsContextPointer tls_;  ///< nullptr without TLS
};

/// Runs the steps until one fails.
error_code open_acceptor(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error && endpoint.address().is_v6()) {
    acceptor.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) {
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  return error;
}

base::Status TlsServer::listen(const ServerOptions& options) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) {
    return base::Error(base::ErrorCode::invalid_argument,
                       fmt::format("listen address '{}' is not an IP address", options.address));
  }
  if (error = open_acceptor(acceptor_, {address, options.port}); error) {
    return base::Error(
        base::ErrorCode::invalid_argument,
        fmt::format("listening on {} port {}: {}", options.address, options.port, error.message()));
  }
  port_ = acceptor_.local_endpoint().port();
  return {};
}

void TlsServer::start() {
  accept();
  for (Worker& worker : workers_) {
    worker.start();
  }
}

TlsContextPointer TlsServer::tls_context() const {
  const std::lock_guard lock(tls_mutex_);
  return tls_;
}

base::Status TlsServer::replace_tls(const ServerCertificate& certificate,
                                    const std::optional<ClientTrust>& clients) {
  auto context = make_tls_context(certificate, clients);
  if (!context) {
    return context.error();
  }
  auto adopted = std::make_shared<asio::ssl::context>(context->release());
  const std::lock_guard lock(tls_mutex_);
  tls_ = std::move(adopted);
  return {};
}

void TlsServer::accept() {
  Worker& worker = workers_[next_worker_++ % kThreads];
  acceptor_.async_accept(worker.io(), [this, &worker](const error_code& error, tcp::socket socket) {
    on_accept(error, std::move(socket), worker);
  });
}

void TlsServer::on_accept(const error_code& error, tcp::socket socket, Worker& worker) {
  if (state_.draining || error == asio::error::operation_aborted) {
    return;
  }
  if (error) {
    state_.log.warning("a connection could not be accepted", {{"error", error.message()}});
    accept_pause_.expires_after(kAcceptPause);
    accept_pause_.async_wait([this](const error_code&) { accept(); });
    return;
  }
  if (state_.count.take()) {
    worker.adopt(std::move(socket), tls_context());
  } else if (state_.count.take_beyond()) {
    const std::uint64_t newcomer = state_.waits;
    worker.adopt(std::move(socket), tls_context());
    make_room(worker, newcomer);
  }
  accept();
}

/// After a newcomer was taken in beyond the limit: room is made where most connections are, else
/// on the other thread. The newcomer, whose wait has that number or a later one, goes only when all
/// others are at work.
void TlsServer::make_room(Worker& of_newcomer, std::uint64_t newcomer) {
  auto& [first, second] = workers_;
  const bool first_is_fuller = first.connection_count() >= second.connection_count();
  Worker& fuller = first_is_fuller ? first : second;
  Worker& other = first_is_fuller ? second : first;
  fuller.make_room(newcomer, [&other, &of_newcomer, newcomer] {
    other.make_room(newcomer, [&of_newcomer] {
      of_newcomer.make_room(std::numeric_limits<std::uint64_t>::max(), [] {});
    });
  });
}

void TlsServer::drain(base::Millis timeout) {
  state_.draining = true;
  asio::post(accepting_worker().io(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
  });
  for (Worker& worker : workers_) {
    worker.drain();
  }
  state_.count.wait_until_none(timeout);
}

}  // namespace

base::Result<std::unique_ptr<Server>> start_server(const ServerOptions& options,
                                                   ServerHandler handler, base::Logger& log) {
  auto server = std::make_unique<TlsServer>(options, std::move(handler), log);
  if (options.tls) {
    if (auto usable = server->replace_tls(options.certificate, options.clients); !usable) {
      return usable.error();
    }
  }
  if (auto listening = server->listen(options); !listening) {
    return listening.error();
  }
  server->start();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace migadapter::webhook
