#include "owner_kind.h"

#include <fmt/format.h>

#include <string>

namespace migadapter::app {

base::Result<cluster::OwnerType> parse_owner_kind(std::string_view text) {
  const std::size_t slash = text.find('/');
  const bool one_slash = slash != std::string_view::npos && text.find('/', slash + 1) == text.npos;
  const std::string_view group = text.substr(0, one_slash ? slash : 0);
  const std::string_view kind = one_slash ? text.substr(slash + 1) : std::string_view();
  if (!group.empty() && !kind.empty()) {
    return cluster::OwnerType{std::string(group), std::string(kind)};
  }
  return base::Error(
      base::ErrorCode::invalid_argument,
      fmt::format("--owner-kind={}: write GROUP/KIND, such as example.com/Trainer", text));
}

}  // namespace migadapter::app
