// What the user tells us about the cluster because no watch can show it.
#pragma once

#include <string>
#include <vector>

#include "base/name.h"

namespace migadapter::cluster {

/// A kind of object that owns pods, as an owner reference names it without its version.
struct OwnerType {
  std::string group;  ///< "example.com"
  std::string kind;   ///< "Trainer"
  friend bool operator==(const OwnerType&, const OwnerType&) = default;
};

struct Declared {
  /// The namespace we run in ourselves, whose pods are never moved; empty outside the cluster.
  base::Name own_namespace;
  /// Controllers, beside those we know, that recreate each deleted pod as it was.
  std::vector<OwnerType> recreating_owners;
};

}  // namespace migadapter::cluster
