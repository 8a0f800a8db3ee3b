#include "kube/codec/limit_range_codec.h"

#include <array>
#include <set>
#include <string_view>

#include "kube/codec/resource_codec.h"

namespace migadapter::kube {
namespace {

std::set<std::string_view> named_resources(JsonField item) {
  static constexpr std::array<std::string_view, 5> kMaps = {"default", "defaultRequest", "min",
                                                            "max", "maxLimitRequestRatio"};
  std::set<std::string_view> resources;
  for (const std::string_view map : kMaps) {
    for (const JsonField::Entry entry : item.at(map).entries()) resources.insert(entry.key);
  }
  return resources;
}

std::optional<std::int64_t> decode_bound(JsonField map, std::string_view resource) {
  const JsonField bound = map.at(resource);
  return bound.present() ? std::optional(decode_amount(resource, bound)) : std::nullopt;
}

}  // namespace

cluster::LimitRange decode_limit_range(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  cluster::LimitRange range;
  range.name_space = names.intern(metadata.at("namespace").text());
  range.name = metadata.at("name").text();
  range.uid = names.intern(metadata.at("uid").text());
  for (const JsonField item : object.at("spec").at("limits").items()) {
    const std::string_view type = item.at("type").text();
    if (type != "Container" && type != "Pod") continue;
    for (const std::string_view resource : named_resources(item)) {
      range.bounds.push_back({type == "Pod", names.intern(resource),
                              decode_bound(item.at("min"), resource),
                              decode_bound(item.at("max"), resource)});
    }
  }
  return range;
}

}  // namespace migadapter::kube
