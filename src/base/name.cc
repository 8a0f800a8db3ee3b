#include "base/name.h"

namespace migadapter::base {

Name::Name(std::string_view text) {
  if (!text.empty()) body_ = new Body{1, std::string(text)};
}

std::string_view Name::view() const {
  return body_ == nullptr ? std::string_view() : std::string_view(body_->text);
}

void Name::release() noexcept {
  if (body_ != nullptr && body_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete body_;
  body_ = nullptr;
}

Name NamePool::intern(std::string_view text) {
  if (text.empty()) return Name();
  const std::lock_guard lock(mutex_);
  if (const auto found = names_.find(text); found != names_.end()) return found->second;
  Name name(text);
  names_.emplace(name.view(), name);
  return name;
}

std::size_t NamePool::size() const {
  const std::lock_guard lock(mutex_);
  return names_.size();
}

}  // namespace migadapter::base
