#include "webhook/health.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace migadapter::webhook {
namespace {

bool wants_details(std::string_view query) {
  return query == "verbose" || query.starts_with("verbose=") || query.starts_with("verbose&") ||
         query.find("&verbose") != std::string_view::npos;
}

ServerReply run_checks(std::string_view name, const std::vector<HealthCheck>& checks,
                       bool details) {
  std::string lines;
  bool all_passed = true;
  for (const HealthCheck& check : checks) {
    const base::Status status = check.check();
    all_passed = all_passed && status.ok();
    lines += status.ok() ? fmt::format("[+]{} ok\n", check.name)
                         : fmt::format("[-]{} failed: {}\n", check.name, status.error().message());
  }
  if (!all_passed) {
    return {.status = 500, .body = fmt::format("{}{} check failed\n", lines, name)};
  }
  if (details) {
    return {.body = fmt::format("{}{} check passed\n", lines, name)};
  }
  return {.body = "ok"};
}

ServerReply answer(const HealthChecks& checks, const ServerRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .body = "Ask with GET.\n"};
  }
  const bool details = wants_details(request.query);
  if (request.path == "/readyz") {
    return run_checks("readyz", checks.ready, details);
  }
  if (request.path == "/livez" || request.path == "/healthz") {
    return run_checks(request.path.substr(1), checks.live, details);
  }
  return {.status = 404, .body = "Known paths: /livez /readyz /healthz\n"};
}

}  // namespace

ServerHandler make_health_handler(HealthChecks checks) {
  return [checks = std::move(checks)](const ServerRequest& request) {
    return answer(checks, request);
  };
}

}  // namespace migadapter::webhook
