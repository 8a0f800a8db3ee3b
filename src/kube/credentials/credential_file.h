// Small files that hold credentials: read with a limit, and read again as others replace them.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::kube {

/// Larger than any kubeconfig, certificate bundle or token; keeps a wrong path from filling memory.
inline constexpr std::size_t kMostCredentialFileBytes = 4 * 1024 * 1024;

/// The whole file. Errors: not_found, invalid_argument when it cannot be read or is too large; the
/// message names the path.
base::Result<std::string> read_credential_file(const std::string& path);

/// The text without white space at both ends, as tokens are written to files.
std::string trimmed(const std::string& text);

/// The content of a file that is replaced from time to time, such as a service account's token.
/// Thread-safe.
class RotatingFile {
 public:
  /// How old the content may get. client-go re-reads tokens after a minute less 10 s of leeway.
  static constexpr base::Millis kReadAgainAfter{50'000};

  RotatingFile(std::string path, const base::Clock& clock)
      : path_(std::move(path)), clock_(clock) {}

  /// The content of at most kReadAgainAfter ago. While the file cannot be read, the last content
  /// that was; an error only when there is none.
  base::Result<std::string> content();

  /// Drops the content: the next call reads the file or fails.
  void forget();

 private:
  const std::string path_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::optional<std::string> content_;
  base::MonotonicTime read_at_{};
};

}  // namespace migadapter::kube
