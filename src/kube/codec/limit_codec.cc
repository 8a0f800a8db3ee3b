#include "kube/codec/limit_codec.h"

#include <algorithm>
#include <array>

namespace migadapter::kube {
namespace {

cluster::NamespaceLimit decode_metadata(JsonField object, base::NamePool& names) {
  const JsonField metadata = object.at("metadata");
  cluster::NamespaceLimit limit;
  limit.name_space = names.intern(metadata.at("namespace").text());
  limit.name = metadata.at("name").text();
  limit.uid = names.intern(metadata.at("uid").text());
  return limit;
}

void add_keys(JsonField map, base::NamePool& names, std::vector<base::Name>& resources) {
  constexpr std::string_view kRequestsPrefix = "requests.";
  for (const JsonField::Entry entry : map.entries()) {
    std::string_view resource = entry.key;
    if (resource.starts_with(kRequestsPrefix)) resource.remove_prefix(kRequestsPrefix.size());
    resources.push_back(names.intern(resource));
  }
}

void sort_and_unite(std::vector<base::Name>& resources) {
  std::sort(resources.begin(), resources.end());
  resources.erase(std::unique(resources.begin(), resources.end()), resources.end());
}

}  // namespace

cluster::NamespaceLimit decode_resource_quota(JsonField object, base::NamePool& names) {
  cluster::NamespaceLimit limit = decode_metadata(object, names);
  add_keys(object.at("spec").at("hard"), names, limit.resources);
  sort_and_unite(limit.resources);
  return limit;
}

cluster::NamespaceLimit decode_limit_range(JsonField object, base::NamePool& names) {
  static constexpr std::array<std::string_view, 5> kMaps = {"default", "defaultRequest", "min",
                                                            "max", "maxLimitRequestRatio"};
  cluster::NamespaceLimit limit = decode_metadata(object, names);
  for (const JsonField item : object.at("spec").at("limits").items()) {
    for (const std::string_view map : kMaps) add_keys(item.at(map), names, limit.resources);
  }
  sort_and_unite(limit.resources);
  return limit;
}

}  // namespace migadapter::kube
