// The connections of the server: one object each, which lives on one thread from accept to close.
// Private to server.cc and connection.cc, the two files that see Asio.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "base/clock.h"
#include "base/log.h"
#include "webhook/server.h"

namespace migadapter::webhook {

/// How long an idle connection stays open once the server drains, so that a request that is
/// already on its way is answered and not lost.
inline constexpr base::Millis kDrainGrace{1'000};

/// Counts the open connections and holds them to the limit. Thread-safe.
class ConnectionCount {
 public:
  explicit ConnectionCount(std::size_t most) : most_(most) {}

  /// False when the limit is reached; else give_back() must follow.
  bool take();
  /// The same beyond the limit, for a newcomer whose place another is about to give back. False
  /// when too many have not done so yet.
  bool take_beyond();
  void give_back();
  /// Returns when none is open or after `timeout`.
  void wait_until_none(base::Millis timeout);

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable none_open_;
  std::size_t open_ = 0;
};

/// Lets one line through per interval, so that a port scan cannot fill the disk. Thread-safe.
class LogBrake {
 public:
  bool allows(base::MonotonicTime now);

 private:
  std::mutex mutex_;
  base::MonotonicTime next_{};
};

/// What all connections of a server share. Outlives them.
struct ServerState {
  ServerState(const ServerLimits& server_limits, ServerHandler server_handler,
              base::Logger& server_log)
      : limits(server_limits),
        handler(std::move(server_handler)),
        log(server_log),
        count(server_limits.most_connections) {}

  const ServerLimits limits;
  const ServerHandler handler;
  base::Logger& log;
  const base::SystemClock clock;
  ConnectionCount count;
  LogBrake handshake_log;
  std::atomic<bool> draining = false;
  std::atomic<std::size_t> buffered_bytes = 0;  ///< request bodies held now
  std::atomic<std::uint64_t> waits = 0;         ///< how often a connection began to wait
};

/// Used on its own thread only.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Acts on a deadline that has passed.
  virtual void check_deadline(base::MonotonicTime now) = 0;
  /// Gives an idle connection its last moment.
  virtual void drain(base::MonotonicTime now) = 0;
  /// Its place in the order in which connections began to wait for their clients, be it for a
  /// handshake or for a request; nothing while a request is under way.
  virtual std::optional<std::uint64_t> waiting_since() const = 0;
  /// Closes it at once.
  virtual void evict() = 0;
};

/// The open connections of one thread, which alone uses it but for size().
class ConnectionSet {
 public:
  void add(Connection* connection);
  void remove(Connection* connection);
  const std::unordered_set<Connection*>& all() const { return connections_; }
  /// Thread-safe.
  std::size_t size() const { return size_; }

  /// Closes the connection that has waited longest for its client, of those whose wait has a number
  /// below that (ServerState::waits); false when there is none. A client that wants something takes
  /// milliseconds to say so, so that a flood of connections that want nothing pushes out its own.
  bool evict_longest_waiting(std::uint64_t before);

 private:
  std::unordered_set<Connection*> connections_;
  std::atomic<std::size_t> size_ = 0;
};

/// Starts serving an accepted socket, over TLS when there is a context. The connection keeps itself
/// alive, is in `home` as long as it lives, and gives its place in `state.count` back at its end.
/// Call on the thread of the socket's executor.
void open_connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls,
                     ServerState& state, ConnectionSet& home);

}  // namespace migadapter::webhook
