#include "sim/workload/text_file.h"

#include <zlib.h>

#include <array>
#include <memory>

namespace migadapter::sim {
namespace {

/// Enough for a million pods; less than a machine would miss.
constexpr std::size_t kMostBytes = std::size_t{256} << 20;

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzipFile = std::unique_ptr<gzFile_s, CloseGzip>;

}  // namespace

base::Result<std::string> read_text_file(const std::string& path) {
  const GzipFile file(gzopen(path.c_str(), "rb"));  // reads what is not compressed as it is
  if (file == nullptr) {
    return base::Error(base::ErrorCode::not_found, path + ": cannot be opened");
  }
  std::string text;
  std::array<char, 65'536> buffer;
  while (true) {
    const int bytes = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    if (bytes < 0) {
      return base::Error(base::ErrorCode::invalid_argument,
                         path + ": cannot be read, or is no complete gzip file");
    }
    if (bytes == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(bytes));
    if (text.size() > kMostBytes) {
      return base::Error(base::ErrorCode::invalid_argument,
                         path + ": has more than 256 MiB of text");
    }
  }
}

}  // namespace migadapter::sim
