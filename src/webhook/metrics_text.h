// Figures in the text format that Prometheus reads.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webhook/bearer_gate.h"
#include "webhook/server.h"

namespace migadapter::webhook {

/// Adds one family of figures after the other. A value.
class MetricsText {
 public:
  enum class Kind { counter, gauge };
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  /// Begins a family: what follows are its samples. `help` is one sentence for people.
  void family(std::string_view name, Kind kind, std::string_view help);
  void sample(double value, const Labels& labels = {});

  const std::string& text() const { return text_; }

 private:
  std::string name_;
  std::string text_;
};

/// Answers GET /metrics with what `render` writes, to those whom `gate` lets in; to everybody
/// without a gate. Other paths 404.
ServerHandler make_metrics_handler(std::function<std::string()> render, BearerGate* gate);

}  // namespace migadapter::webhook
