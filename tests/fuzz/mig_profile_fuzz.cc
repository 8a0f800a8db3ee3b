// Any text is either refused as a profile and as a resource, or printed back exactly as it came.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "mig/model.h"
#include "mig/profile.h"

namespace mig = migadapter::mig;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto profile = mig::parse_profile(text)) {
    MIGADAPTER_CHECK(mig::to_string(*profile) == text);
    MIGADAPTER_CHECK(*mig::parse_resource(mig::resource_name(*profile)) == *profile);
  }
  if (const auto profile = mig::parse_resource(text)) {
    MIGADAPTER_CHECK(mig::is_mig_resource(text));
    MIGADAPTER_CHECK(mig::resource_name(*profile) == text);
  }
  static_cast<void>(mig::find_model_by_product(text));
  return 0;
}
