#include "kube/transport/scripted_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "base/check.h"

namespace migadapter::kube {
namespace {

sockaddr* generic(sockaddr_in& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

std::size_t content_length(std::string_view headers) {
  const std::size_t at = headers.find("Content-Length: ");
  return at == std::string_view::npos ? 0 : std::stoul(std::string(headers.substr(at + 16)));
}

}  // namespace

std::optional<std::string> ScriptedConnection::read_request() {
  for (;;) {
    const std::size_t headers_end = received_.find("\r\n\r\n");
    if (headers_end != std::string::npos) {
      const std::size_t size = headers_end + 4 + content_length(received_.substr(0, headers_end));
      if (received_.size() >= size) {
        std::string request = received_.substr(0, size);
        received_.erase(0, size);
        return request;
      }
    }
    char block[4096];
    const ssize_t count = ::recv(socket_, block, sizeof block, 0);
    if (count <= 0) return std::nullopt;
    received_.append(block, static_cast<std::size_t>(count));
  }
}

void ScriptedConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void ScriptedConnection::respond(int status, std::string_view body, std::string_view headers) {
  write(fmt::format("HTTP/1.1 {} Status\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                    headers, body));
}

void ScriptedConnection::wait_for_close() {
  char byte = 0;
  while (::recv(socket_, &byte, 1, 0) > 0) {
  }
}

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  MIGADAPTER_CHECK(listener_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  MIGADAPTER_CHECK(::bind(listener_, generic(address), size) == 0);
  MIGADAPTER_CHECK(::listen(listener_, 64) == 0);
  MIGADAPTER_CHECK(::getsockname(listener_, generic(address), &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  for (std::thread& script : scripts_) script.join();
  for (const int socket : sockets_) ::close(socket);
}

int ScriptedServer::connection_count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(sockets_.size());
}

void ScriptedServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    const int number = static_cast<int>(sockets_.size());
    sockets_.push_back(socket);
    scripts_.emplace_back([this, socket, number] {
      ScriptedConnection connection(socket, number);
      script_(connection);
      ::shutdown(socket, SHUT_RDWR);
    });
  }
}

}  // namespace migadapter::kube
