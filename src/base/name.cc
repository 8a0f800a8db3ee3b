#include "base/name.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "base/check.h"

namespace migadapter::base {

Name::Name(std::string_view text) {
  if (text.empty()) return;
  MIGADAPTER_CHECK(text.size() <= std::numeric_limits<std::uint32_t>::max());
  void* memory = ::operator new(sizeof(Body) + text.size());
  body_ = new (memory) Body{1, static_cast<std::uint32_t>(text.size())};
  std::memcpy(static_cast<char*>(memory) + sizeof(Body), text.data(), text.size());
}

std::string_view Name::view() const {
  if (body_ == nullptr) return {};
  const void* text = body_ + 1;
  return {static_cast<const char*>(text), body_->size};
}

void Name::release() noexcept {
  if (body_ != nullptr && body_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    body_->~Body();
    ::operator delete(body_);
  }
  body_ = nullptr;
}

Name NamePool::intern(std::string_view text) {
  if (text.empty()) return Name();
  const std::lock_guard lock(mutex_);
  if (const auto found = names_.find(text); found != names_.end()) return *found;
  if (names_.size() >= sweep_at_) sweep();
  return *names_.emplace(text).first;
}

/// Sizes double between sweeps, so that each name added pays for a constant share of them. Nobody
/// can take hold of a swept name meanwhile: only intern hands out what the pool alone holds.
void NamePool::sweep() {
  std::erase_if(names_, [](const Name& name) { return name.is_only_holder(); });
  sweep_at_ = std::max(kFirstSweep, 2 * names_.size());
}

std::size_t NamePool::size() const {
  const std::lock_guard lock(mutex_);
  return names_.size();
}

}  // namespace migadapter::base
