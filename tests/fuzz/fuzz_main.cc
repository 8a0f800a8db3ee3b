// One libFuzzer program for each target: CMake compiles this file with the target's name.
#include <cstddef>
#include <cstdint>
#include <string>

#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of its own, so that a read past the end is seen.
  migadapter::fuzz::MIGADAPTER_FUZZ_TARGET(std::string(data, data + size));
  return 0;
}
