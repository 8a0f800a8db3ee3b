#include "webhook/test_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <csignal>

namespace migadapter::webhook {
namespace {

int connect_to(const char* address, std::uint16_t port) {
  sockaddr_in6 v6{};
  sockaddr_in v4{};
  const bool is_v6 = inet_pton(AF_INET6, address, &v6.sin6_addr) == 1;
  if (!is_v6) {
    MIGADAPTER_CHECK(inet_pton(AF_INET, address, &v4.sin_addr) == 1);
  }
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  v4.sin_port = v6.sin6_port = htons(port);
  const int descriptor = ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* target = is_v6 ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4);
  if (::connect(descriptor, target, is_v6 ? sizeof v6 : sizeof v4) != 0) {
    ::close(descriptor);
    return -1;
  }
  return descriptor;
}

std::size_t content_length(std::string_view headers) {
  constexpr std::string_view kField = "content-length: ";
  const std::size_t at = headers.find(kField);
  std::size_t length = 0;
  if (at != std::string_view::npos) {
    std::from_chars(headers.data() + at + kField.size(), headers.data() + headers.size(), length);
  }
  return length;
}

}  // namespace

ClientTls::ClientTls(const std::string& ca_pem, int highest_version)
    : context_(SSL_CTX_new(TLS_client_method())) {
  const auto authorities = parse_certificates(ca_pem);
  MIGADAPTER_CHECK(authorities.ok());
  for (const CertificatePointer& authority : *authorities) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.get());
  }
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_max_proto_version(context_.get(), highest_version);
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT);
  SSL_CTX_set_app_data(context_.get(), this);
  SSL_CTX_sess_set_new_cb(context_.get(), remember);
}

int ClientTls::remember(SSL* connection, SSL_SESSION* session) {
  auto* self = static_cast<ClientTls*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
  self->session_.reset(session);
  return 1;
}

TestClient::TestClient(std::uint16_t port, ClientTls* tls, const char* address)
    : socket_(connect_to(address, port)) {
  connected_ = socket_ >= 0;
  if (!connected_ || tls == nullptr) {
    return;
  }
  ssl_.reset(SSL_new(&tls->context()));
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes a closing alert to a server that may be gone
  SSL_set_fd(ssl_.get(), socket_);
  if (tls->session() != nullptr) {
    SSL_set_session(ssl_.get(), tls->session());
  }
  connected_ = SSL_connect(ssl_.get()) == 1;
}

TestClient::~TestClient() {
  if (ssl_ != nullptr && connected_) {
    SSL_shutdown(ssl_.get());
  }
  ERR_clear_error();
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

std::string TestClient::server_certificate() const {
  return to_pem(*SSL_get0_peer_certificate(ssl_.get()));
}

bool TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ssl_ != nullptr
                          ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      ERR_clear_error();
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

int TestClient::receive(char* into, int most) {
  if (ssl_ != nullptr) {
    const int received = SSL_read(ssl_.get(), into, most);
    ERR_clear_error();
    return received;
  }
  return static_cast<int>(::recv(socket_, into, static_cast<std::size_t>(most), 0));
}

bool TestClient::receive_until(std::size_t bytes) {
  std::array<char, 16 * 1024> chunk;
  while (input_.size() < bytes) {
    const int received = receive(chunk.data(), static_cast<int>(chunk.size()));
    if (received <= 0) {
      return false;
    }
    input_.append(chunk.data(), static_cast<std::size_t>(received));
  }
  return true;
}

std::optional<ClientReply> TestClient::read_reply() {
  constexpr std::string_view kEnd = "\r\n\r\n";
  while (input_.find(kEnd) == std::string::npos) {
    if (!receive_until(input_.size() + 1)) {
      return std::nullopt;
    }
  }
  ClientReply reply;
  const std::size_t body_begin = input_.find(kEnd) + kEnd.size();
  reply.headers = input_.substr(0, body_begin);
  std::transform(reply.headers.begin(), reply.headers.end(), reply.headers.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::from_chars(reply.headers.data() + 9, reply.headers.data() + 12, reply.status);
  const std::size_t end = body_begin + content_length(reply.headers);
  if (!receive_until(end)) {
    return std::nullopt;
  }
  reply.body = input_.substr(body_begin, end - body_begin);
  input_.erase(0, end);
  return reply;
}

bool TestClient::server_closes() {
  return input_.empty() && !receive_until(1);
}

std::optional<ClientReply> TestClient::post(std::string_view path, std::string_view body) {
  send(post_request(path, body));
  return read_reply();
}

std::optional<ClientReply> TestClient::get(std::string_view path) {
  send(fmt::format("GET {} HTTP/1.1\r\nHost: webhook\r\n\r\n", path));
  return read_reply();
}

std::string post_request(std::string_view path, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: mig-adapter.mig-adapter.svc:443\r\n"
      "User-Agent: kube-apiserver-admission\r\nContent-Length: {}\r\n"
      "Accept: application/json, */*\r\nContent-Type: application/json\r\n"
      "Accept-Encoding: gzip\r\n\r\n{}",
      path, body.size(), body);
}

}  // namespace migadapter::webhook
