// Any text is a kubeconfig or a refusal that names the file.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "kube/credentials/kubeconfig_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto parsed = migadapter::kube::parse_kubeconfig(text, "/fuzz/config");
  MIGADAPTER_CHECK(parsed.ok() || parsed.error().message().starts_with("/fuzz/config: "));
  return 0;
}
