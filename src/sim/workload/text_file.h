// Files of traces, plain or compressed.
#pragma once

#include <string>

#include "base/result.h"

namespace migadapter::sim {

/// The file's text, unpacked where it is compressed by gzip. Fails on what cannot be read, and on
/// more than 256 MiB of text.
base::Result<std::string> read_text_file(const std::string& path);

}  // namespace migadapter::sim
