#include "webhook/bearer_gate.h"

#include <algorithm>

#include "webhook/openssl_digest.h"

namespace migadapter::webhook {
namespace {

/// As long as Kubernetes' own components remember; a revoked token works this much longer.
constexpr base::Millis kAllowedFor{60'000};
constexpr base::Millis kDeniedFor{30'000};

/// Verdicts remembered at most; Prometheus has one token for each of its few replicas.
constexpr std::size_t kMostEntries = 256;

/// Questions to the API server: this many at once, then one each interval. Guessing tokens is not
/// to load it.
constexpr int kMostAsks = 10;
constexpr base::Millis kAskInterval{1'000};

constexpr std::string_view kScheme = "Bearer ";

ServerReply reply(int status, std::string text) {
  return {.status = status, .body = std::move(text) + "\n"};
}

std::optional<ServerReply> reply_of(BearerGate::Verdict verdict) {
  switch (verdict) {
    case BearerGate::Verdict::allowed:
      return std::nullopt;
    case BearerGate::Verdict::forbidden:
      return reply(403, "The owner of this token may not get this path.");
    case BearerGate::Verdict::unknown_token:
      break;
  }
  return reply(401, "Send a token of this cluster: Authorization: Bearer …");
}

}  // namespace

std::optional<ServerReply> BearerGate::refusal(std::string_view authorization) {
  if (!authorization.starts_with(kScheme) || authorization.size() == kScheme.size()) {
    return reply_of(Verdict::unknown_token);
  }
  const std::string token(authorization.substr(kScheme.size()));
  const std::string digest = sha256_of(token);
  if (const auto verdict = remembered(digest)) {
    return reply_of(*verdict);
  }
  if (!may_ask()) {
    return reply(429, "Too many unknown tokens; try again in a second.");
  }
  const auto verdict = ask_(token);
  if (!verdict) {
    return reply(503, "The API server cannot be asked: " + verdict.error().message());
  }
  remember(digest, *verdict);
  return reply_of(*verdict);
}

std::optional<BearerGate::Verdict> BearerGate::remembered(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(digest);
  if (found == entries_.end() || clock_.monotonic() >= found->second.until) {
    return std::nullopt;
  }
  return found->second.verdict;
}

bool BearerGate::may_ask() {
  const std::lock_guard lock(mutex_);
  const base::MonotonicTime now = clock_.monotonic();
  const auto earned = (now - asks_refilled_) / kAskInterval;
  if (earned > 0) {
    asks_left_ = static_cast<int>(std::min<std::int64_t>(kMostAsks, asks_left_ + earned));
    asks_refilled_ = now;
  }
  if (asks_left_ == 0) {
    return false;
  }
  --asks_left_;
  return true;
}

void BearerGate::remember(const std::string& digest, Verdict verdict) {
  const std::lock_guard lock(mutex_);
  const base::MonotonicTime now = clock_.monotonic();
  std::erase_if(entries_, [now](const auto& entry) { return now >= entry.second.until; });
  if (entries_.size() < kMostEntries) {
    const base::Millis life = verdict == Verdict::allowed ? kAllowedFor : kDeniedFor;
    entries_.insert_or_assign(digest, Entry{verdict, now + life});
  }
}

}  // namespace migadapter::webhook
