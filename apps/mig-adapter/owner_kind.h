// "GROUP/KIND" of --owner-kind.
#pragma once

#include <string_view>

#include "base/result.h"
#include "cluster/declared.h"

namespace migadapter::app {

/// Parses "example.com/Trainer". Errors: invalid_argument, naming the flag.
base::Result<cluster::OwnerType> parse_owner_kind(std::string_view text);

}  // namespace migadapter::app
