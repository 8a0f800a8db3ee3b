// Errors are values. A function that can fail for a reason outside the program (input, network,
// files) returns Result<T>; impossible states use MIGADAPTER_CHECK (check.h) instead.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace migadapter::base {

/// What a caller may want to branch on. The HTTP codes are those the Kubernetes API gives these
/// names.
enum class ErrorCode {
  invalid_argument,   ///< the input is wrong; retrying cannot help
  not_found,          ///< 404, or a missing file
  already_exists,     ///< 409 on create
  conflict,           ///< 409: a precondition failed; read again and decide anew
  gone,               ///< 410: the resource version is too old; list again
  unauthorized,       ///< 401
  forbidden,          ///< 403
  too_many_requests,  ///< 429: wait for retry_after
  unavailable,  ///< connection failures and 5xx; the request may or may not have been carried out
  timeout,      ///< no answer in time; the request may or may not have been carried out
  cancelled,    ///< the program is stopping
};

/// The code's name as used in logs and metrics, for example "too_many_requests".
std::string_view to_string(ErrorCode code);

/// One failure: a code to branch on and a sentence that a user can act on.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

  /// How long the server asked us to wait, where it did.
  std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }
  Error with_retry_after(std::chrono::milliseconds wait) &&;

  /// The same failure seen from one level up: "reading /etc/x: no such file".
  Error with_context(std::string_view context) const;

 private:
  ErrorCode code_;
  std::string message_;
  std::optional<std::chrono::milliseconds> retry_after_;
};

/// A value or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that `return value;` and `return Error(…);` both work.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }

  /// REQUIRES: ok().
  const T& value() const& {
    MIGADAPTER_CHECK(ok());
    return *value_;
  }
  T& value() & {
    MIGADAPTER_CHECK(ok());
    return *value_;
  }
  T&& value() && {
    MIGADAPTER_CHECK(ok());
    return *std::move(value_);
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  /// REQUIRES: !ok().
  const Error& error() const {
    MIGADAPTER_CHECK(!ok());
    return *error_;
  }

 private:
  // Exactly one is there. No std::variant: clang's analyzer does not follow one and reports every
  // use of a value as uninitialised.
  std::optional<T> value_;
  std::optional<Error> error_;
};

/// The value type of an operation that returns nothing: `Status save();`, `return {};` on success.
struct Done {};
class [[nodiscard]] Status : public Result<Done> {
 public:
  Status() : Result<Done>(Done{}) {}
  Status(Error error) : Result<Done>(std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

}  // namespace migadapter::base
