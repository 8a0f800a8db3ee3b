//   handshake -> idle <-> reading -> writing -> idle …
//                  |         |          |
//                  |         v          v
//                  |      (refusal)  lingering      one last reply was sent: read and drop what
//                  |         |          |           comes, so that a reset does not overtake it
//                  v         v          v
//                closing <--------------+           TLS close_notify, then the socket
//
// In idle, reading and lingering exactly one read is under way, in writing one write. A deadline
// stands for every phase; one timer per thread looks at all of them (server.cc), so that a request
// costs no timer of its own.
#include "webhook/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>

#include "webhook/reply_writer.h"
#include "webhook/request_parser.h"

namespace migadapter::webhook {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

/// How long a client may take to notice that we are done with it.
constexpr base::Millis kLingerTimeout{1'000};
/// How long the client may take to answer our close_notify; nothing depends on its answer.
constexpr base::Millis kCloseTimeout{200};

/// Connections beyond the limit while others are being closed to make room.
constexpr std::size_t kMostNewcomers = 16;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

enum class Phase { handshake, idle, reading, writing, lingering, closing };

/// The share of one connection in ServerState::buffered_bytes.
class BufferShare {
 public:
  explicit BufferShare(ServerState& state) : state_(state) {}
  BufferShare(const BufferShare&) = delete;
  BufferShare& operator=(const BufferShare&) = delete;
  ~BufferShare() { release(); }

  /// False, and nothing added, when all connections together would hold too much.
  bool grow_to(std::size_t bytes) {
    const std::size_t added = bytes - bytes_;
    std::size_t held = state_.buffered_bytes;
    do {
      if (held + added > state_.limits.most_buffered_bytes) {
        return false;
      }
    } while (!state_.buffered_bytes.compare_exchange_weak(held, held + added));
    bytes_ = bytes;
    return true;
  }
  void release() { state_.buffered_bytes.fetch_sub(std::exchange(bytes_, 0)); }

 private:
  ServerState& state_;
  std::size_t bytes_ = 0;
};

ServerReply call(const ServerHandler& handler, const ServerRequest& request, base::Logger& log) {
  try {
    return handler(request);
  } catch (const std::exception& error) {
    log.error("a request handler threw", {{"path", request.path}, {"error", error.what()}});
    return {.status = 500, .body = "Internal error.\n"};
  }
}

template <typename Stream>
class StreamConnection final : public Connection,
                               public std::enable_shared_from_this<StreamConnection<Stream>> {
 public:
  template <typename... StreamArguments>
  StreamConnection(ServerState& state, ConnectionSet& home, StreamArguments&&... arguments)
      : state_(state),
        home_(home),
        stream_(std::forward<StreamArguments>(arguments)...),
        parser_(state.limits),
        buffered_(state),
        input_(state.limits.most_header_bytes, '\0') {
    home_.add(this);
  }
  ~StreamConnection() override {
    home_.remove(this);
    state_.count.give_back();
  }
  StreamConnection(const StreamConnection&) = delete;
  StreamConnection& operator=(const StreamConnection&) = delete;

  void start();
  void check_deadline(base::MonotonicTime now) override;
  void drain(base::MonotonicTime now) override;
  std::optional<std::uint64_t> waiting_since() const override;
  void evict() override;

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  tcp::socket& socket();
  void enter(Phase phase, base::Millis timeout);
  void on_handshake(const error_code& error);
  void await_request();
  void read();
  void on_read(const error_code& error, std::size_t bytes);
  void on_read_error(const error_code& error);
  void parse();
  void drop_input(std::size_t bytes);
  void send_continue();
  void answer();
  void refuse(const ServerReply& reply);
  void write(const ServerReply& reply, bool headers_only);
  void on_written(const error_code& error);
  void linger();
  void close();
  void close_socket();

  ServerState& state_;
  ConnectionSet& home_;
  Stream stream_;
  RequestParser parser_;
  BufferShare buffered_;
  std::string input_;  ///< bytes read and not yet parsed: the first `filled_`
  std::size_t filled_ = 0;
  std::string output_;
  Phase phase_ = Phase::handshake;
  std::uint64_t waiting_since_ = 0;
  base::MonotonicTime deadline_{};
  bool expired_ = false;  ///< the read under way was cancelled by its deadline
  bool last_ = false;     ///< no request is read after this one
};

template <typename Stream>
tcp::socket& StreamConnection<Stream>::socket() {
  if constexpr (kTls) {
    return stream_.next_layer();
  } else {
    return stream_;
  }
}

template <typename Stream>
void StreamConnection<Stream>::enter(Phase phase, base::Millis timeout) {
  phase_ = phase;
  deadline_ = state_.clock.monotonic() + timeout;
  if (phase == Phase::idle || phase == Phase::handshake) {
    waiting_since_ = state_.waits.fetch_add(1, std::memory_order_relaxed);
  }
}

template <typename Stream>
void StreamConnection<Stream>::start() {
  error_code ignored;
  socket().set_option(tcp::no_delay(true), ignored);
  if constexpr (kTls) {
    enter(Phase::handshake, state_.limits.read_timeout);
    stream_.async_handshake(
        asio::ssl::stream_base::server,
        [self = this->shared_from_this()](const error_code& error) { self->on_handshake(error); });
  } else {
    await_request();
  }
}

template <typename Stream>
void StreamConnection<Stream>::on_handshake(const error_code& error) {
  if (!error) {
    return await_request();
  }
  if (phase_ == Phase::handshake && state_.handshake_log.allows(state_.clock.monotonic())) {
    error_code ignored;
    state_.log.warning("TLS handshake failed; such lines are held to one in ten seconds",
                       {{"client", socket().remote_endpoint(ignored).address().to_string()},
                        {"error", error.message()}});
  }
}

template <typename Stream>
void StreamConnection<Stream>::await_request() {
  if (filled_ > 0) {
    enter(Phase::reading, state_.limits.read_timeout);
    return parse();
  }
  enter(Phase::idle, state_.limits.idle_timeout);
  if (state_.draining) {
    drain(state_.clock.monotonic());
  }
  read();
}

template <typename Stream>
void StreamConnection<Stream>::read() {
  stream_.async_read_some(
      asio::buffer(input_.data() + filled_, input_.size() - filled_),
      [self = this->shared_from_this()](const error_code& error, std::size_t bytes) {
        self->on_read(error, bytes);
      });
}

template <typename Stream>
void StreamConnection<Stream>::on_read(const error_code& error, std::size_t bytes) {
  if (error) {
    return on_read_error(error);
  }
  // A read that was complete before its deadline came to cancel it ends well. A client that sends
  // without a pause would put the end off for ever if that were forgotten.
  const bool expired = std::exchange(expired_, false);
  if (phase_ == Phase::lingering) {
    return expired ? close() : read();
  }
  filled_ += bytes;
  if (phase_ == Phase::idle) {
    enter(Phase::reading, state_.limits.read_timeout);
  }
  parse();
}

template <typename Stream>
void StreamConnection<Stream>::on_read_error(const error_code& error) {
  const bool expired = std::exchange(expired_, false) && error == asio::error::operation_aborted;
  if (expired && phase_ == Phase::reading) {
    return refuse({.status = 408, .body = "The request took too long to arrive.\n"});
  }
  if (expired || error == asio::error::eof) {
    return close();
  }
}

template <typename Stream>
void StreamConnection<Stream>::parse() {
  const RequestParser::Fed fed = parser_.feed({input_.data(), filled_});
  drop_input(fed.consumed);
  if (!buffered_.grow_to(parser_.body_bytes())) {
    return refuse({.status = 503, .body = "Too many large requests at once.\n"});
  }
  switch (fed.progress) {
    case RequestParser::Progress::complete:
      return answer();
    case RequestParser::Progress::refused:
      return refuse(parser_.refusal());
    case RequestParser::Progress::wants_continue:
      return send_continue();
    case RequestParser::Progress::more:
      break;
  }
  if (filled_ == input_.size()) {
    return refuse({.status = 431, .body = "A header line is larger than this server reads.\n"});
  }
  read();
}

template <typename Stream>
void StreamConnection<Stream>::drop_input(std::size_t bytes) {
  filled_ -= bytes;
  std::memmove(input_.data(), input_.data() + bytes, filled_);
}

template <typename Stream>
void StreamConnection<Stream>::send_continue() {
  phase_ = Phase::writing;
  asio::async_write(stream_, asio::buffer(kContinue),
                    [self = this->shared_from_this()](const error_code& error, std::size_t) {
                      if (!error) {
                        self->phase_ = Phase::reading;
                        self->read();
                      }
                    });
}

template <typename Stream>
void StreamConnection<Stream>::answer() {
  const ServerRequest request = parser_.request();
  const ServerReply reply = call(state_.handler, request, state_.log);
  last_ = state_.draining || !parser_.keep_alive();
  write(reply, request.method == "HEAD");
}

template <typename Stream>
void StreamConnection<Stream>::refuse(const ServerReply& reply) {
  last_ = true;
  write(reply, false);
}

template <typename Stream>
void StreamConnection<Stream>::write(const ServerReply& reply, bool headers_only) {
  output_.clear();
  append_reply(output_, reply, {.close = last_, .headers_only = headers_only});
  enter(Phase::writing, state_.limits.read_timeout);
  asio::async_write(stream_, asio::buffer(output_),
                    [self = this->shared_from_this()](const error_code& error, std::size_t) {
                      self->on_written(error);
                    });
}

template <typename Stream>
void StreamConnection<Stream>::on_written(const error_code& error) {
  if (error) {
    return;
  }
  buffered_.release();
  parser_.reset();
  if (last_) {
    linger();
  } else {
    await_request();
  }
}

template <typename Stream>
void StreamConnection<Stream>::linger() {
  filled_ = 0;
  enter(Phase::lingering, kLingerTimeout);
  if constexpr (!kTls) {
    error_code ignored;
    stream_.shutdown(tcp::socket::shutdown_send, ignored);
  }
  read();
}

template <typename Stream>
void StreamConnection<Stream>::close() {
  enter(Phase::closing, kCloseTimeout);
  if constexpr (kTls) {
    stream_.async_shutdown(
        [self = this->shared_from_this()](const error_code&) { self->close_socket(); });
  } else {
    close_socket();
  }
}

template <typename Stream>
void StreamConnection<Stream>::close_socket() {
  error_code ignored;
  socket().close(ignored);
}

template <typename Stream>
void StreamConnection<Stream>::check_deadline(base::MonotonicTime now) {
  if (now < deadline_) {
    return;
  }
  if (phase_ == Phase::idle || phase_ == Phase::reading || phase_ == Phase::lingering) {
    expired_ = true;
    error_code ignored;
    socket().cancel(ignored);
  } else {
    close_socket();
  }
}

template <typename Stream>
void StreamConnection<Stream>::drain(base::MonotonicTime now) {
  if (phase_ == Phase::idle) {
    deadline_ = std::min(deadline_, now + kDrainGrace);
  }
}

template <typename Stream>
std::optional<std::uint64_t> StreamConnection<Stream>::waiting_since() const {
  const bool waits = phase_ == Phase::idle || phase_ == Phase::handshake;
  return waits ? std::optional(waiting_since_) : std::nullopt;
}

template <typename Stream>
void StreamConnection<Stream>::evict() {
  phase_ = Phase::closing;
  close_socket();
}

}  // namespace

void ConnectionSet::add(Connection* connection) {
  connections_.insert(connection);
  size_ = connections_.size();
}

void ConnectionSet::remove(Connection* connection) {
  connections_.erase(connection);
  size_ = connections_.size();
}

bool ConnectionSet::evict_longest_waiting(std::uint64_t before) {
  Connection* longest = nullptr;
  std::optional<std::uint64_t> since;
  for (Connection* connection : connections_) {
    const auto waiting = connection->waiting_since();
    if (waiting && *waiting < since.value_or(before)) {
      longest = connection;
      since = waiting;
    }
  }
  if (longest != nullptr) {
    longest->evict();
  }
  return longest != nullptr;
}

bool ConnectionCount::take() {
  const std::lock_guard lock(mutex_);
  if (open_ >= most_) {
    return false;
  }
  ++open_;
  return true;
}

bool ConnectionCount::take_beyond() {
  const std::lock_guard lock(mutex_);
  if (open_ >= most_ + kMostNewcomers) {
    return false;
  }
  ++open_;
  return true;
}

void ConnectionCount::give_back() {
  const std::lock_guard lock(mutex_);
  if (--open_ == 0) {
    none_open_.notify_all();
  }
}

void ConnectionCount::wait_until_none(base::Millis timeout) {
  std::unique_lock lock(mutex_);
  none_open_.wait_for(lock, timeout, [this] { return open_ == 0; });
}

bool LogBrake::allows(base::MonotonicTime now) {
  constexpr base::Millis kInterval{10'000};
  const std::lock_guard lock(mutex_);
  if (now < next_) {
    return false;
  }
  next_ = now + kInterval;
  return true;
}

void open_connection(tcp::socket socket, asio::ssl::context* tls, ServerState& state,
                     ConnectionSet& home) {
  if (tls != nullptr) {
    std::make_shared<StreamConnection<TlsStream>>(state, home, std::move(socket), *tls)->start();
  } else {
    std::make_shared<StreamConnection<tcp::socket>>(state, home, std::move(socket))->start();
  }
}

}  // namespace migadapter::webhook
