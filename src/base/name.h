// Immutable strings that many records share: namespaces, node names, resource names, label keys.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace migadapter::base {

/// A shared immutable string in one pointer. Copying bumps a count; equal names from one NamePool
/// share their bytes, which makes records small and comparisons quick. Compares and orders by
/// content, whatever pool it came from. Thread-safe as std::shared_ptr is: different Name objects
/// may be used from different threads.
class Name {
 public:
  Name() = default;  ///< the empty name
  explicit Name(std::string_view text);
  Name(const Name& other) noexcept : body_(other.body_) { acquire(); }
  Name(Name&& other) noexcept : body_(other.body_) { other.body_ = nullptr; }
  Name& operator=(const Name& other) noexcept {
    Name copy(other);
    std::swap(body_, copy.body_);
    return *this;
  }
  Name& operator=(Name&& other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~Name() { release(); }

  std::string_view view() const;
  std::string str() const { return std::string(view()); }
  bool empty() const { return body_ == nullptr; }

  friend bool operator==(const Name& a, const Name& b) {
    return a.body_ == b.body_ || a.view() == b.view();
  }
  friend bool operator==(const Name& a, std::string_view b) { return a.view() == b; }
  friend std::strong_ordering operator<=>(const Name& a, const Name& b) {
    return a.body_ == b.body_ ? std::strong_ordering::equal : a.view() <=> b.view();
  }

 private:
  /// The text follows it in the same block of memory.
  struct Body {
    std::atomic<std::uint32_t> references;
    std::uint32_t size;
  };
  void acquire() const noexcept {
    if (body_ != nullptr) body_->references.fetch_add(1, std::memory_order_relaxed);
  }
  void release() noexcept;

  friend class NamePool;
  /// Whether nobody else holds this text. REQUIRES: not empty().
  bool is_only_holder() const { return body_->references.load(std::memory_order_acquire) == 1; }

  Body* body_ = nullptr;
};

/// Gives equal texts the same Name. Thread-safe. Names outlive the pool, and texts that only the
/// pool still holds are forgotten as it grows: it never holds much more than twice what is in use.
class NamePool {
 public:
  Name intern(std::string_view text);

  /// How many different texts it holds; for tests and memory reports.
  std::size_t size() const;

 private:
  static constexpr std::size_t kFirstSweep = 1024;
  void sweep();

  /// By the text, so that a lookup needs no Name.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
    std::size_t operator()(const Name& name) const noexcept { return (*this)(name.view()); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Name& a, const Name& b) const { return a == b; }
    bool operator()(std::string_view a, const Name& b) const { return b == a; }
    bool operator()(const Name& a, std::string_view b) const { return a == b; }
  };

  mutable std::mutex mutex_;
  std::unordered_set<Name, Hash, Equal> names_;
  std::size_t sweep_at_ = kFirstSweep;  ///< the size at which unused names are looked for
};

}  // namespace migadapter::base

template <>
struct std::hash<migadapter::base::Name> {
  std::size_t operator()(const migadapter::base::Name& name) const noexcept {
    return std::hash<std::string_view>()(name.view());
  }
};
