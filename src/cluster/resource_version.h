// The order of resourceVersions.
#pragma once

#include <string_view>

namespace migadapter::cluster {

/// Whether a view of a kind that has come to `seen` shows what was written as `written`: both are
/// decimal numbers without leading zeros, of objects of one kind. An empty `seen` shows nothing.
/// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions (KEP-5504)
inline bool has_come_to(std::string_view seen, std::string_view written) {
  return seen.size() != written.size() ? seen.size() > written.size() : seen >= written;
}

}  // namespace migadapter::cluster
