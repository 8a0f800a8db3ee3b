#include <cstddef>
#include <cstdint>
#include <string>

#include "kube_targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  migadapter::fuzz::fuzz_pod(std::string(data, data + size));
  return 0;
}
