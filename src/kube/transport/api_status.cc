#include "kube/transport/api_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <string>

namespace migadapter::kube {
namespace {

/// Server sentences can quote whole objects; this much is enough to act on.
constexpr std::size_t kMostMessageBytes = 1024;

/// The parts of a metav1.Status that we use.
struct ApiStatus {
  std::string reason;
  std::string message;
  std::optional<base::Millis> retry_after;
};

std::string text_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

/// The sentences of details.causes: for an eviction, which budget is in the way.
std::string causes_of(const boost::json::object& details) {
  std::string sentences;
  const boost::json::value* causes = details.if_contains("causes");
  if (causes == nullptr || !causes->is_array()) return sentences;
  for (const boost::json::value& cause : causes->get_array()) {
    if (cause.is_object()) sentences += " " + text_of(cause.get_object(), "message");
  }
  return sentences;
}

void read_details(const boost::json::object& details, ApiStatus& into) {
  if (into.reason != "Invalid") into.message += causes_of(details);  // Invalid repeats them
  const boost::json::value* seconds = details.if_contains("retryAfterSeconds");
  if (seconds == nullptr || !seconds->is_int64() || seconds->get_int64() <= 0) return;
  constexpr std::int64_t kMost = kLongestRetryAfter / std::chrono::seconds(1);
  into.retry_after = std::chrono::seconds(std::min(seconds->get_int64(), kMost));
}

ApiStatus read_status(const std::string& body) {
  boost::json::error_code failure;
  const boost::json::value json = boost::json::parse(body, failure);
  ApiStatus status;
  if (failure || !json.is_object()) return status;
  const boost::json::object& object = json.get_object();
  status.reason = text_of(object, "reason");
  status.message = text_of(object, "message");
  const boost::json::value* details = object.if_contains("details");
  if (details != nullptr && details->is_object()) read_details(details->get_object(), status);
  return status;
}

base::ErrorCode code_of(int http_status, const std::string& reason) {
  switch (http_status) {
    case 401:
      return base::ErrorCode::unauthorized;
    case 403:
      return base::ErrorCode::forbidden;
    case 404:
      return base::ErrorCode::not_found;
    case 408:
    case 504:
      return base::ErrorCode::timeout;
    case 409:
      return reason == "AlreadyExists" ? base::ErrorCode::already_exists
                                       : base::ErrorCode::conflict;
    case 410:
      return base::ErrorCode::gone;
    case 429:
      return base::ErrorCode::too_many_requests;
    default:
      return http_status >= 400 && http_status < 500 ? base::ErrorCode::invalid_argument
                                                     : base::ErrorCode::unavailable;
  }
}

}  // namespace

base::Status status_of(const HttpResponse& response, std::string_view what) {
  if (response.status >= 200 && response.status < 300) return {};
  ApiStatus status = read_status(response.body);
  if (status.message.empty()) status.message = "the server gave no reason";
  status.message.resize(std::min(status.message.size(), kMostMessageBytes));
  base::Error error(code_of(response.status, status.reason),
                    fmt::format("{}: {} (HTTP {})", what, status.message, response.status));
  const auto wait = response.retry_after.has_value() ? response.retry_after : status.retry_after;
  return wait.has_value() ? std::move(error).with_retry_after(*wait) : error;
}

base::Status status_of(const base::Result<HttpResponse>& answer, std::string_view what) {
  return answer.ok() ? status_of(*answer, what) : base::Status(answer.error().with_context(what));
}

}  // namespace migadapter::kube
