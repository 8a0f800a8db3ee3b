#include "kube/transport/http_call.h"

namespace migadapter::kube {

// Each call holds a reference of its own, because the sink may close the gate from within it.

void SinkGate::on_status(int status, std::optional<base::Millis> retry_after) {
  const std::lock_guard lock(mutex_);
  if (const auto sink = sink_) sink->on_status(status, retry_after);
}

void SinkGate::on_bytes(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (const auto sink = sink_) sink->on_bytes(bytes);
}

void SinkGate::on_end(base::Status end) {
  const std::lock_guard lock(mutex_);
  if (const auto sink = std::move(sink_)) {
    sink_ = nullptr;
    sink->on_end(std::move(end));
  }
}

void SinkGate::close() {
  const std::lock_guard lock(mutex_);
  sink_ = nullptr;
}

bool SinkGate::closed() const {
  const std::lock_guard lock(mutex_);
  return sink_ == nullptr;
}

}  // namespace migadapter::kube
