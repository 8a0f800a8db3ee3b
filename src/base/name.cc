#include "base/name.h"

#include <algorithm>

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
  if (names_.size() >= sweep_at_) sweep();
  Name name(text);
  names_.emplace(name.view(), name);
  return name;
}

/// Sizes double between sweeps, so that each name added pays for a constant share of them. Nobody
/// can take hold of a swept name meanwhile: only intern hands out what the pool alone holds.
void NamePool::sweep() {
  std::erase_if(names_, [](const auto& entry) { return entry.second.is_only_holder(); });
  sweep_at_ = std::max(kFirstSweep, 2 * names_.size());
}

std::size_t NamePool::size() const {
  const std::lock_guard lock(mutex_);
  return names_.size();
}

}  // namespace migadapter::base
