// A tiny HTTP server for tests: each connection is played by a function over the plain socket.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace migadapter::kube {

/// The server's side of one connection. Used by its script's thread only.
class ScriptedConnection {
 public:
  ScriptedConnection(int socket, int number) : socket_(socket), number_(number) {}

  /// 0 for the first connection the server accepted.
  int number() const { return number_; }
  /// The next request with its body, or nothing when the client has closed.
  std::optional<std::string> read_request();
  void write(std::string_view bytes);
  /// A whole response with Content-Length; `headers` are further lines, each with "\r\n".
  void respond(int status, std::string_view body, std::string_view headers = {});
  /// Returns when the client has closed the connection.
  void wait_for_close();

 private:
  const int socket_;
  const int number_;
  std::string received_;
};

/// Listens on a free port of 127.0.0.1. A connection is closed when its script returns.
class ScriptedServer {
 public:
  using Script = std::function<void(ScriptedConnection&)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connection_count() const;

 private:
  void accept_all();

  const Script script_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<int> sockets_;
  std::list<std::thread> scripts_;
  std::thread acceptor_;
};

}  // namespace migadapter::kube
