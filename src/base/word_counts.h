// How often each of a few words came up: decisions by reason, moves by outcome.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace migadapter::base {

/// For closed lists of words only: it grows with each new one. Thread-safe.
class WordCounts {
 public:
  void add(std::string_view word) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(word);
    if (found == counts_.end()) {
      counts_.emplace(word, 1);
    } else {
      ++found->second;
    }
  }
  std::map<std::string, std::uint64_t, std::less<>> all() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace migadapter::base
