// Assertions that stay on in every build. They guard states that only a bug of ours can produce;
// anything that input, the network or another process can cause is a Result instead.
#pragma once

namespace migadapter::base {

/// Prints the failed condition with its place to standard error and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace migadapter::base

#define MIGADAPTER_CHECK(condition)   \
  ((condition) ? static_cast<void>(0) \
               : ::migadapter::base::check_failed(#condition, __FILE__, __LINE__))
