#include "mig/profile.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace migadapter::mig {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// How a variant is written at the end of a profile's and of a resource's name.
struct VariantName {
  ProfileVariant variant;
  std::string_view in_profile;
  std::string_view in_resource;
};

constexpr std::array<VariantName, 5> kVariantNames = {{
    {ProfileVariant::plain, "", ""},
    {ProfileVariant::media, "+me", ".me"},
    {ProfileVariant::all_media, "+me.all", ".me.all"},
    {ProfileVariant::no_media, "-me", "-me"},
    {ProfileVariant::graphics, "+gfx", ".gfx"},
}};

using Spelling = std::string_view VariantName::*;

const VariantName& name_of(ProfileVariant variant) {
  for (const VariantName& name : kVariantNames) {
    if (name.variant == variant) return name;
  }
  MIGADAPTER_CHECK(false);
  return kVariantNames.front();
}

std::optional<ProfileVariant> variant_named(std::string_view text, Spelling spelling) {
  for (const VariantName& name : kVariantNames) {
    if (name.*spelling == text) return name.variant;
  }
  return std::nullopt;
}

/// Takes a decimal number without leading zeros off the front of `text`, together with the unit
/// that must follow it.
std::optional<int> take_number(std::string_view& text, std::string_view unit) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  const bool is_signed = text.starts_with('-');  // from_chars takes "-0" for a zero
  if (failure != std::errc() || is_signed) return std::nullopt;
  const auto length = static_cast<std::size_t>(rest - text.data());
  const bool leading_zero = length > 1 && text.front() == '0';
  if (leading_zero || !text.substr(length).starts_with(unit)) return std::nullopt;
  text.remove_prefix(length + unit.size());
  return number;
}

bool is_split(std::string_view name) {
  return take_number(name, "c.").has_value();
}

Error not_a_profile(std::string_view name, std::string_view why) {
  return {ErrorCode::invalid_argument,
          "\"" + std::string(name) + "\" is not a MIG profile: " + std::string(why)};
}

Result<Profile> parse(std::string_view name, Spelling spelling) {
  if (is_split(name)) return not_a_profile(name, "split compute instances are not supported");
  std::string_view rest = name;
  const std::optional<int> compute_slices = take_number(rest, "g.");
  if (!compute_slices || *compute_slices == 0) {
    return not_a_profile(name, "it must start with its compute slices, as in 1g.5gb");
  }
  const std::optional<int> memory_gib = take_number(rest, "gb");
  if (!memory_gib) return not_a_profile(name, "after the slices it must name gigabytes: 1g.5gb");
  const std::optional<ProfileVariant> variant = variant_named(rest, spelling);
  if (!variant) return not_a_profile(name, "\"" + std::string(rest) + "\" is no known variant");
  return Profile{*compute_slices, *memory_gib, *variant};
}

std::string print(const Profile& profile, Spelling spelling) {
  std::string name = std::to_string(profile.compute_slices) + "g.";
  name += std::to_string(profile.memory_gib) + "gb";
  name += name_of(profile.variant).*spelling;
  return name;
}

}  // namespace

bool is_mig_resource(std::string_view resource) {
  return resource.starts_with(kResourcePrefix);
}

Result<Profile> parse_profile(std::string_view name) {
  return parse(name, &VariantName::in_profile);
}

std::string to_string(const Profile& profile) {
  return print(profile, &VariantName::in_profile);
}

Result<Profile> parse_resource(std::string_view resource) {
  if (!is_mig_resource(resource)) {
    return Error(ErrorCode::invalid_argument, "\"" + std::string(resource) +
                                                  "\" is not a MIG resource: it must start with " +
                                                  std::string(kResourcePrefix));
  }
  Result<Profile> profile =
      parse(resource.substr(kResourcePrefix.size()), &VariantName::in_resource);
  if (!profile) return profile.error().with_context("resource " + std::string(resource));
  return profile;
}

std::string resource_name(const Profile& profile) {
  return std::string(kResourcePrefix) + print(profile, &VariantName::in_resource);
}

}  // namespace migadapter::mig
