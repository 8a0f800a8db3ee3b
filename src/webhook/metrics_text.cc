#include "webhook/metrics_text.h"

#include <fmt/format.h>

#include <iterator>

namespace migadapter::webhook {
namespace {

constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') {
      text += '\\';
    }
    text += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
}

ServerReply answer(const ServerRequest& request, const std::function<std::string()>& render,
                   BearerGate* gate) {
  if (request.path != "/metrics") {
    return {.status = 404, .body = "Known path: /metrics\n"};
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .body = "Ask with GET.\n"};
  }
  if (gate != nullptr) {
    if (auto refused = gate->refusal(request.authorization)) {
      return *std::move(refused);
    }
  }
  return {.content_type = kContentType, .body = render()};
}

}  // namespace

void MetricsText::family(std::string_view name, Kind kind, std::string_view help) {
  name_ = name;
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                 kind == Kind::counter ? "counter" : "gauge");
}

void MetricsText::sample(double value, const Labels& labels) {
  text_ += name_;
  std::string_view before = "{";
  for (const auto& [label, label_value] : labels) {
    fmt::format_to(std::back_inserter(text_), "{}{}=\"", before, label);
    append_escaped(text_, label_value);
    text_ += '"';
    before = ",";
  }
  fmt::format_to(std::back_inserter(text_), "{} {}\n", labels.empty() ? "" : "}", value);
}

ServerHandler make_metrics_handler(std::function<std::string()> render, BearerGate* gate) {
  return [render = std::move(render), gate](const ServerRequest& request) {
    return answer(request, render, gate);
  };
}

}  // namespace migadapter::webhook
