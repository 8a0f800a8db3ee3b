// Lets only those in whose token the API server knows and allows: for endpoints such as /metrics.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "webhook/server.h"

namespace migadapter::webhook {

/// Asks the API server about tokens and remembers its answers for a while. Thread-safe; blocks
/// while it asks, so use it only on a server of its own.
class BearerGate {
 public:
  enum class Verdict { allowed, unknown_token, forbidden };
  /// What the API server says about a token.
  using Ask = std::function<base::Result<Verdict>(const std::string& token)>;

  BearerGate(Ask ask, const base::Clock& clock) : ask_(std::move(ask)), clock_(clock) {}

  /// Nothing when the request may pass; else the reply to give: 401, 403, 429 while too many
  /// unknown tokens come, 503 when the API server cannot be asked.
  std::optional<ServerReply> refusal(std::string_view authorization);

 private:
  struct Entry {
    Verdict verdict;
    base::MonotonicTime until;
  };
  std::optional<Verdict> remembered(const std::string& digest);
  bool may_ask();
  void remember(const std::string& digest, Verdict verdict);

  const Ask ask_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;  ///< by the token's digest: no token is kept
  base::MonotonicTime asks_refilled_{};
  int asks_left_ = 0;
};

}  // namespace migadapter::webhook
