#include "kube/credentials/credential_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace migadapter::kube {
namespace {

base::Error file_error(const std::string& path, int error_number) {
  const auto code =
      error_number == ENOENT ? base::ErrorCode::not_found : base::ErrorCode::invalid_argument;
  return base::Error(code, path + ": " + std::strerror(error_number));
}

}  // namespace

base::Result<std::string> read_credential_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             &std::fclose);
  if (file == nullptr) return file_error(path, errno);
  std::string content;
  char block[16 * 1024];
  while (const std::size_t count = std::fread(block, 1, sizeof block, file.get())) {
    content.append(block, count);
    if (content.size() > kMostCredentialFileBytes) return file_error(path, EFBIG);
  }
  if (std::ferror(file.get()) != 0) return file_error(path, errno);
  return content;
}

std::string trimmed(const std::string& text) {
  constexpr const char* kWhiteSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

base::Result<std::string> RotatingFile::content() {
  const std::lock_guard lock(mutex_);
  const base::MonotonicTime now = clock_.monotonic();
  if (content_.has_value() && now - read_at_ < kReadAgainAfter) return *content_;
  base::Result<std::string> read = read_credential_file(path_);
  if (read.ok()) {
    content_ = *read;
    read_at_ = now;
  } else if (!content_.has_value()) {
    return read;
  }
  return *content_;
}

void RotatingFile::forget() {
  const std::lock_guard lock(mutex_);
  content_.reset();
}

}  // namespace migadapter::kube
