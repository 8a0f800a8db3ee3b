#include "controller/inbox.h"

#include <utility>

namespace migadapter::controller {

void Inbox::push(Message message) {
  {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }
  arrived_.notify_one();
}

std::vector<Message> Inbox::take(base::Millis wait) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, wait, [this] { return !messages_.empty(); });
  return std::exchange(messages_, {});
}

}  // namespace migadapter::controller
