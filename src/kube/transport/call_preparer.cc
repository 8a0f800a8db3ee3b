#include "kube/transport/call_preparer.h"

#include <algorithm>

#include "kube/credentials/thread_signals.h"

namespace migadapter::kube {
namespace {

/// A line break in a token would let it add headers to our requests.
bool fits_a_header(const std::string& token) {
  return std::all_of(token.begin(), token.end(),
                     [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
}

base::Error cancelled() {
  return base::Error(base::ErrorCode::cancelled, "the program is stopping");
}

}  // namespace

CallPreparer::CallPreparer(std::shared_ptr<IdentitySource> identity,
                           std::shared_ptr<TrustSource> trust, Ready ready)
    : identity_(std::move(identity)),
      trust_(std::move(trust)),
      ready_(std::move(ready)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

CallPreparer::~CallPreparer() {
  thread_.request_stop();
  thread_.join();
  for (std::unique_ptr<HttpCall>& call : waiting_) ready_(std::move(call), cancelled());
}

void CallPreparer::prepare(std::unique_ptr<HttpCall> call) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(call));
  changed_.notify_one();
}

void CallPreparer::run(const std::stop_token& stop) {
  block_signals_in_this_thread();
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return !waiting_.empty(); });
    if (stop.stop_requested()) return;
    std::unique_ptr<HttpCall> call = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    base::Status status = fill_in(*call);
    ready_(std::move(call), std::move(status));
  }
}

/// Several requests may learn of one expired token; only the first of them rejects it.
void CallPreparer::reject_identity_of(const HttpCall& call) {
  if (call.identity.bearer_token == last_token_) identity_->reject();
}

base::Status CallPreparer::fill_in(HttpCall& call) {
  if (call.identity_was_rejected) reject_identity_of(call);
  call.identity_was_rejected = false;
  base::Result<Identity> identity = identity_->current();
  if (!identity.ok()) return identity.error();
  if (!fits_a_header(identity->bearer_token)) {
    return base::Error(base::ErrorCode::invalid_argument,
                       "the bearer token contains white space or control characters");
  }
  const base::Result<std::string> authorities = trust_->current();
  if (!authorities.ok()) {
    return authorities.error().with_context("reading the certificate authorities");
  }
  call.identity = std::move(*identity);
  call.authorities_pem = *authorities;
  last_token_ = call.identity.bearer_token;
  return {};
}

}  // namespace migadapter::kube
