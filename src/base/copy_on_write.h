// Values that many records have in common and few ever change.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace migadapter::base {

/// A value in one pointer, which copies share until one of them changes it; a T() needs no memory.
/// Thread-safe as Name is: different objects may be used from different threads.
template <typename T>
class CopyOnWrite {
 public:
  CopyOnWrite() = default;
  CopyOnWrite(const CopyOnWrite& other) noexcept : body_(other.body_) {
    if (body_ != nullptr) body_->references.fetch_add(1, std::memory_order_relaxed);
  }
  CopyOnWrite(CopyOnWrite&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  CopyOnWrite& operator=(CopyOnWrite other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~CopyOnWrite() {
    if (body_ == nullptr) return;
    if (body_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete body_;
  }

  const T& get() const {
    static const T nothing{};
    return body_ == nullptr ? nothing : body_->value;
  }

  /// The value, for this object alone. Valid until the object is copied or assigned to.
  T& change() {
    if (body_ == nullptr) {
      body_ = new Body{};
    } else if (!is_only_holder()) {
      *this = CopyOnWrite(new Body{{1}, body_->value});
    }
    return body_->value;
  }

  /// Whether no other object shares the value. REQUIRES: it is not a T() that was never changed.
  bool is_only_holder() const { return body_->references.load(std::memory_order_acquire) == 1; }

  friend bool operator==(const CopyOnWrite& a, const CopyOnWrite& b) {
    return a.body_ == b.body_ || a.get() == b.get();
  }

 private:
  struct Body {
    std::atomic<std::uint32_t> references = 1;
    T value{};
  };
  explicit CopyOnWrite(Body* body) : body_(body) {}

  Body* body_ = nullptr;
};

}  // namespace migadapter::base
