#include "kube/transport/curl_transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/check.h"

namespace migadapter::kube {
namespace {

/// A page of a list with 500 of the largest pods stays below; a broken server must not fill memory.
constexpr std::size_t kMostResponseBytes = 64UL * 1024 * 1024;
constexpr long kConnectTimeoutMillis = 10'000;
/// A peer that acknowledges nothing for so long is gone; without it the kernel waits 15 minutes.
constexpr unsigned kUnacknowledgedMillis = 30'000;
constexpr long kKeepAliveSeconds = 15;

template <typename Value>
void set(void* handle, CURLoption option, Value value) {
  MIGADAPTER_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK);
}

void set_blob(void* handle, CURLoption option, const std::string& bytes) {
  curl_blob blob{};
  blob.data = const_cast<char*>(bytes.data());
  blob.len = bytes.size();
  blob.flags = CURL_BLOB_COPY;
  set(handle, option, &blob);
}

curl_slist* append(void* list, const std::string& line) {
  curl_slist* longer = curl_slist_append(static_cast<curl_slist*>(list), line.c_str());
  MIGADAPTER_CHECK(longer != nullptr);
  return longer;
}

struct ServerUrl {
  std::string scheme;  ///< with "://"
  std::string host;
  std::string port;
  std::string path;
};

ServerUrl split(const std::string& server) {
  ServerUrl url;
  const std::size_t host_at = server.find("://") + 3;
  const std::size_t path_at = std::min(server.find('/', host_at), server.size());
  const std::string authority = server.substr(host_at, path_at - host_at);
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  url.scheme = server.substr(0, host_at);
  url.host = has_port ? authority.substr(0, colon) : authority;
  url.port = has_port ? authority.substr(colon + 1) : (url.scheme == "https://" ? "443" : "80");
  url.path = server.substr(path_at);
  return url;
}

int set_unacknowledged_limit(void*, curl_socket_t socket, curlsocktype) {
  const unsigned limit = kUnacknowledgedMillis;
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
  return CURL_SOCKOPT_OK;  // without it only slower
}

bool starts_with_ignoring_case(std::string_view line, std::string_view prefix) {
  return line.size() >= prefix.size() &&
         strncasecmp(line.data(), prefix.data(), prefix.size()) == 0;
}

/// Seconds, as the API server gives them; the date form is not used by it.
std::optional<base::Millis> parse_retry_after(std::string_view value) {
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  int seconds = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (parsed.ec != std::errc() || seconds < 0) return std::nullopt;
  return std::min<base::Millis>(std::chrono::seconds(seconds), kLongestRetryAfter);
}

base::MonotonicTime monotonic_now() {
  return base::SystemClock().monotonic();
}

}  // namespace

struct CurlTransfer::Callbacks {
  static std::size_t header(char* data, std::size_t, std::size_t count, void* self) {
    static_cast<CurlTransfer*>(self)->on_header_line({data, count});
    return count;
  }
  static std::size_t body(char* data, std::size_t, std::size_t count, void* self) {
    return static_cast<CurlTransfer*>(self)->on_body({data, count}) ? count : 0;
  }
  static std::size_t upload(char* into, std::size_t, std::size_t room, void* self) {
    CurlTransfer& transfer = *static_cast<CurlTransfer*>(self);
    const std::string& body = transfer.call_->request.body;
    const std::size_t count = body.copy(into, room, transfer.body_sent_);
    transfer.body_sent_ += count;
    return count;
  }
  /// curl rewinds the body to send it again over a new connection when a kept-alive one turns out
  /// to be closed. We allow that only where carrying it out twice does no harm.
  static int rewind(void* self, curl_off_t offset, int origin) {
    CurlTransfer& transfer = *static_cast<CurlTransfer*>(self);
    if (!transfer.is_idempotent() || origin != SEEK_SET) return CURL_SEEKFUNC_FAIL;
    transfer.body_sent_ = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
  }
};

CurlTransfer::CurlTransfer(const Access& access, std::unique_ptr<HttpCall> call)
    : call_(std::move(call)),
      handle_(curl_easy_init()),
      reason_(std::make_unique<char[]>(CURL_ERROR_SIZE)) {
  MIGADAPTER_CHECK(handle_ != nullptr);
  set(handle_, CURLOPT_ERRORBUFFER, reason_.get());
  set(handle_, CURLOPT_PRIVATE, this);
  configure_target(access);
  configure_tls(access);
  configure_connection();
  configure_method();
}

CurlTransfer::~CurlTransfer() {
  curl_easy_cleanup(handle_);
  curl_slist_free_all(static_cast<curl_slist*>(headers_));
  curl_slist_free_all(static_cast<curl_slist*>(connect_to_));
}

/// With a TLS server name, the URL has that name, so that it is asked for and verified, while the
/// connection and the Host header still go to the server.
void CurlTransfer::configure_target(const Access& access) {
  const ServerUrl server = split(access.server);
  const bool renamed = !access.tls_server_name.empty() && server.scheme == "https://";
  const std::string& host = renamed ? access.tls_server_name : server.host;
  const std::string url = fmt::format("{}{}:{}{}{}", server.scheme, host, server.port, server.path,
                                      call_->request.path);
  set(handle_, CURLOPT_URL, url.c_str());
  set(handle_, CURLOPT_PATH_AS_IS, 1L);
  set(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle_, CURLOPT_PROXY, "");  // never one from the environment
  if (renamed) {
    connect_to_ =
        append(nullptr, fmt::format("{}:{}:{}:{}", host, server.port, server.host, server.port));
    set(handle_, CURLOPT_CONNECT_TO, static_cast<curl_slist*>(connect_to_));
  }
  configure_headers(renamed ? fmt::format("{}:{}", server.host, server.port) : std::string());
}

void CurlTransfer::configure_tls(const Access& access) {
  set(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (access.insecure_skip_tls_verify) {
    set(handle_, CURLOPT_SSL_VERIFYPEER, 0L);
    set(handle_, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (!call_->authorities_pem.empty()) {
    set_blob(handle_, CURLOPT_CAINFO_BLOB, call_->authorities_pem);
    set(handle_, CURLOPT_CAPATH, nullptr);  // else the machine's own would be trusted as well
  }
  if (const auto& certificate = call_->identity.certificate) {
    set_blob(handle_, CURLOPT_SSLCERT_BLOB, certificate->certificate_pem);
    set_blob(handle_, CURLOPT_SSLKEY_BLOB, certificate->key_pem);
  }
}

/// HTTP/1.1: a watch holds a connection of its own, so a stalled one is noticed by itself and can
/// be cut without touching the others.
void CurlTransfer::configure_connection() {
  set(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle_, CURLOPT_NOSIGNAL, 1L);
  set(handle_, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMillis);
  set(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
  set(handle_, CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  set(handle_, CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
  set(handle_, CURLOPT_SOCKOPTFUNCTION, &set_unacknowledged_limit);
  set(handle_, CURLOPT_HEADERFUNCTION, &Callbacks::header);
  set(handle_, CURLOPT_HEADERDATA, this);
  set(handle_, CURLOPT_WRITEFUNCTION, &Callbacks::body);
  set(handle_, CURLOPT_WRITEDATA, this);
}

void CurlTransfer::configure_method() {
  const HttpRequest& request = call_->request;
  if (request.method == "GET") return;
  set(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.body.empty() && request.method == "DELETE") return;
  set(handle_, CURLOPT_POST, 1L);
  set(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(handle_, CURLOPT_READFUNCTION, &Callbacks::upload);
  set(handle_, CURLOPT_READDATA, this);
  set(handle_, CURLOPT_SEEKFUNCTION, &Callbacks::rewind);
  set(handle_, CURLOPT_SEEKDATA, this);
}

void CurlTransfer::configure_headers(const std::string& host_header) {
  if (!host_header.empty()) add_header("Host: " + host_header);
  add_header("User-Agent: mig-adapter");
  add_header("Accept: application/json");
  add_header("Expect:");  // no waiting for "100 Continue"
  if (!call_->request.body.empty()) add_header("Content-Type: " + call_->request.content_type);
  if (!call_->identity.bearer_token.empty()) {
    add_header("Authorization: Bearer " + call_->identity.bearer_token);
  }
  set(handle_, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(headers_));
}

void CurlTransfer::add_header(const std::string& line) {
  headers_ = append(headers_, line);
}

void CurlTransfer::on_header_line(std::string_view line) {
  answered_ = true;
  last_byte_at_ = monotonic_now();
  if (headers_complete_) return;  // trailers
  constexpr std::string_view kRetryAfter = "retry-after:";
  if (line.starts_with("HTTP/")) retry_after_.reset();
  if (starts_with_ignoring_case(line, kRetryAfter)) {
    retry_after_ = parse_retry_after(line.substr(kRetryAfter.size()));
  }
  if (line == "\r\n" || line == "\n") on_headers_complete();
}

void CurlTransfer::on_headers_complete() {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200) return;  // an interim answer; the real one follows
  headers_complete_ = true;
  status_ = static_cast<int>(status);
  if (status_ == 401 && !call_->retried_after_rejection) return;  // nobody needs to know yet
  call_->gate->on_status(status_, retry_after_);
}

bool CurlTransfer::on_body(std::string_view bytes) {
  last_byte_at_ = monotonic_now();
  if (status_ == 401 && !call_->retried_after_rejection) return true;
  body_received_ += bytes.size();
  answer_too_large_ = !call_->is_stream && body_received_ > kMostResponseBytes;
  if (answer_too_large_) return false;
  call_->gate->on_bytes(bytes);
  return !call_->gate->closed();
}

std::optional<base::MonotonicTime> CurlTransfer::give_up_at() const {
  if (!call_->is_stream || !headers_complete_) return call_->deadline;
  if (call_->request.idle_timeout == base::Millis(0)) return std::nullopt;
  return last_byte_at_ + call_->request.idle_timeout;
}

void CurlTransfer::end_overdue() {
  const HttpRequest& request = call_->request;
  const bool idle = call_->is_stream && headers_complete_;
  const base::Millis limit = idle ? request.idle_timeout : request.timeout;
  call_->gate->on_end(base::Error(base::ErrorCode::timeout,
                                  fmt::format("{} {}: {} for {} ms", request.method, request.path,
                                              idle ? "no byte" : "no answer", limit.count())));
}

bool CurlTransfer::is_idempotent() const {
  const std::string& method = call_->request.method;
  return method == "GET" || method == "PUT" || method == "DELETE";
}

base::Error CurlTransfer::error_of(int curl_code) const {
  const HttpRequest& request = call_->request;
  const auto code = static_cast<CURLcode>(curl_code);
  const auto kind =
      code == CURLE_OPERATION_TIMEDOUT ? base::ErrorCode::timeout : base::ErrorCode::unavailable;
  const char* reason = reason_[0] != '\0' ? reason_.get() : curl_easy_strerror(code);
  if (answer_too_large_) reason = "the answer is too large";
  return base::Error(kind, fmt::format("{} {}: {}", request.method, request.path, reason));
}

TransferOutcome CurlTransfer::finish(int curl_code) {
  if (call_->gate->closed()) return TransferOutcome::finished;
  const bool ended_properly = curl_code == CURLE_OK;
  if (ended_properly && status_ == 401 && !call_->retried_after_rejection) {
    call_->retried_after_rejection = true;
    call_->identity_was_rejected = true;
    return TransferOutcome::try_with_new_identity;
  }
  const bool closed_early = curl_code == CURLE_GOT_NOTHING || curl_code == CURLE_SEND_ERROR ||
                            curl_code == CURLE_RECV_ERROR;
  if (closed_early && !answered_ && is_idempotent() && !call_->retried_after_close) {
    call_->retried_after_close = true;
    return TransferOutcome::try_again;
  }
  call_->gate->on_end(ended_properly ? base::Status() : base::Status(error_of(curl_code)));
  return TransferOutcome::finished;
}

}  // namespace migadapter::kube
