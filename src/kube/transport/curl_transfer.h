// One try of one request: a curl handle and what its callbacks saw.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "kube/access.h"
#include "kube/transport/http_call.h"

namespace migadapter::kube {

/// What to do with a call whose transfer has ended.
enum class TransferOutcome {
  finished,              ///< the sink has been told
  try_again,             ///< the connection was closed before any byte of the answer
  try_with_new_identity  ///< the server answered 401
};

/// Lives on the transport's thread only.
class CurlTransfer {
 public:
  CurlTransfer(const Access& access, std::unique_ptr<HttpCall> call);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  /// The CURL handle, to be added to and removed from the multi handle.
  void* handle() const { return handle_; }
  HttpCall& call() const { return *call_; }
  std::unique_ptr<HttpCall> take_call() { return std::move(call_); }

  /// When to give up unless something happens; nothing for a stream without an idle timeout.
  std::optional<base::MonotonicTime> give_up_at() const;
  /// Ends the call because give_up_at() has passed.
  void end_overdue();
  /// Ends the call, or says how to go on, after curl has finished with `curl_code`.
  TransferOutcome finish(int curl_code);

 private:
  struct Callbacks;  // what curl calls

  void configure_target(const Access& access);
  void configure_tls(const Access& access);
  void configure_connection();
  void configure_method();
  void configure_headers(const std::string& host_header);
  void add_header(const std::string& line);

  void on_header_line(std::string_view line);
  void on_headers_complete();
  bool on_body(std::string_view bytes);
  bool is_idempotent() const;
  base::Error error_of(int curl_code) const;

  std::unique_ptr<HttpCall> call_;
  void* handle_;
  void* headers_ = nullptr;         // a curl_slist
  void* connect_to_ = nullptr;      // a curl_slist
  std::unique_ptr<char[]> reason_;  // curl writes its last error here
  std::size_t body_sent_ = 0;
  std::size_t body_received_ = 0;
  bool answered_ = false;  // any byte of the answer has arrived
  bool headers_complete_ = false;
  bool answer_too_large_ = false;
  int status_ = 0;
  std::optional<base::Millis> retry_after_;
  base::MonotonicTime last_byte_at_{};
};

}  // namespace migadapter::kube
