#include "base/result.h"

namespace migadapter::base {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::already_exists:
      return "already_exists";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::gone:
      return "gone";
    case ErrorCode::unauthorized:
      return "unauthorized";
    case ErrorCode::forbidden:
      return "forbidden";
    case ErrorCode::too_many_requests:
      return "too_many_requests";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::timeout:
      return "timeout";
    case ErrorCode::cancelled:
      return "cancelled";
  }
  MIGADAPTER_CHECK(false);
  return {};
}

Error Error::with_retry_after(std::chrono::milliseconds wait) && {
  retry_after_ = wait;
  return std::move(*this);
}

Error Error::with_context(std::string_view context) const {
  Error outer = *this;
  outer.message_ = std::string(context) + ": " + message_;
  return outer;
}

}  // namespace migadapter::base
