#include "surroundings.h"

#include <algorithm>

namespace migadapter::app {
namespace {

/// A host's name may hold what the name of an object may not.
char in_object_name(char c) {
  const bool upper = c >= 'A' && c <= 'Z';
  const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  if (upper) return static_cast<char>(c - 'A' + 'a');
  return allowed ? c : '-';
}

}  // namespace

std::string replica_lease_name(const std::string& identity) {
  std::string name = "mig-adapter-webhook-" + identity;
  std::transform(name.begin(), name.end(), name.begin(), in_object_name);
  return name;
}

}  // namespace migadapter::app
