#include "mig/profile.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace migadapter::mig {
namespace {

struct Spelled {
  Profile profile;
  std::string_view name;
  std::string_view resource;
};

constexpr Spelled kEveryVariant[] = {
    {{1, 5, ProfileVariant::plain}, "1g.5gb", "nvidia.com/mig-1g.5gb"},
    {{1, 5, ProfileVariant::media}, "1g.5gb+me", "nvidia.com/mig-1g.5gb.me"},
    {{1, 24, ProfileVariant::all_media}, "1g.24gb+me.all", "nvidia.com/mig-1g.24gb.me.all"},
    {{1, 24, ProfileVariant::no_media}, "1g.24gb-me", "nvidia.com/mig-1g.24gb-me"},
    {{2, 48, ProfileVariant::graphics}, "2g.48gb+gfx", "nvidia.com/mig-2g.48gb.gfx"},
    {{7, 141, ProfileVariant::plain}, "7g.141gb", "nvidia.com/mig-7g.141gb"},
    {{3, 0, ProfileVariant::graphics}, "3g.0gb+gfx", "nvidia.com/mig-3g.0gb.gfx"},
};

TEST(Profile, IsReadAndPrintedInEveryVariant) {
  for (const Spelled& spelled : kEveryVariant) {
    const auto parsed = parse_profile(spelled.name);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    EXPECT_EQ(*parsed, spelled.profile);
    EXPECT_EQ(to_string(spelled.profile), spelled.name);
  }
}

TEST(Resource, WritesThePlusOfAProfileAsADot) {
  for (const Spelled& spelled : kEveryVariant) {
    const auto parsed = parse_resource(spelled.resource);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    EXPECT_EQ(*parsed, spelled.profile);
    EXPECT_EQ(resource_name(spelled.profile), spelled.resource);
  }
}

/// The values of every `"key": "value"` in the table's source, in order.
std::vector<std::string> table_strings(std::string_view key) {
  std::ifstream stream("data/mig-profiles.json");
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  const std::string opening = "\"" + std::string(key) + "\": \"";
  std::vector<std::string> values;
  for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at + 1)) {
    const std::size_t start = at + opening.size();
    values.push_back(text.substr(start, text.find('"', start) - start));
  }
  return values;
}

TEST(Profile, EveryNameOfTheTableSurvivesARoundTripThroughItsResource) {
  const std::vector<std::string> names = table_strings("name");
  const std::vector<std::string> resources = table_strings("resource");
  ASSERT_EQ(names.size(), 197U);
  ASSERT_EQ(resources.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto from_name = parse_profile(names[i]);
    const auto from_resource = parse_resource(resources[i]);
    ASSERT_TRUE(from_name.ok() && from_resource.ok()) << names[i];
    EXPECT_EQ(*from_name, *from_resource);
    EXPECT_EQ(to_string(*from_resource), names[i]);
    EXPECT_EQ(resource_name(*from_name), resources[i]);
  }
}

TEST(Profile, ASplitComputeInstanceIsRefusedByThatName) {
  const auto parsed = parse_profile("1c.3g.20gb");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code(), base::ErrorCode::invalid_argument);
  EXPECT_EQ(parsed.error().message(),
            "\"1c.3g.20gb\" is not a MIG profile: split compute instances are not supported");
  EXPECT_FALSE(parse_resource("nvidia.com/mig-1c.3g.20gb").ok());
}

TEST(Profile, WhatIsNotExactlyAProfileIsRefused) {
  for (const std::string_view name : {"",
                                      "g",
                                      "1g",
                                      "1g.",
                                      "1g.gb",
                                      "1g.5",
                                      "1g.5gb ",
                                      " 1g.5gb",
                                      "1G.5GB",
                                      "0g.5gb",
                                      "-1g.5gb",
                                      "+1g.5gb",
                                      "01g.5gb",
                                      "1g.05gb",
                                      "1g.-5gb",
                                      "1g.-0gb",
                                      "1g.5gib",
                                      "1g.5gb.me",
                                      "1g.5gb+",
                                      "1g.5gb+me.al",
                                      "1g.5gb+me+gfx",
                                      "1g.5gb-me.all",
                                      "all",
                                      "1g.5gb+ME",
                                      "1g.5.0gb",
                                      "nvidia.com/mig-1g.5gb"}) {
    EXPECT_FALSE(parse_profile(name).ok()) << name;
  }
}

TEST(Profile, NumbersThatOverflowAreRefused) {
  EXPECT_TRUE(parse_profile("2147483647g.2147483647gb").ok());
  EXPECT_FALSE(parse_profile("2147483648g.5gb").ok());
  EXPECT_FALSE(parse_profile("1g.99999999999999999999999gb").ok());
}

TEST(Resource, WhatIsNotExactlyAMigResourceIsRefused) {
  for (const std::string_view resource :
       {"", "nvidia.com/gpu", "nvidia.com/mig-", "nvidia.com/mig-1g.5gb+me", "mig-1g.5gb",
        "nvidia.com/mig-1g.5gb.me.", "nvidia.com/mig-1g.5gb.all", "NVIDIA.com/mig-1g.5gb",
        "requests.nvidia.com/mig-1g.5gb"}) {
    EXPECT_FALSE(parse_resource(resource).ok()) << resource;
  }
}

TEST(Resource, ARefusalNamesTheResource) {
  EXPECT_EQ(parse_resource("nvidia.com/mig-1g.5gb.all").error().message(),
            "resource nvidia.com/mig-1g.5gb.all: \"1g.5gb.all\" is not a MIG profile: \".all\" is "
            "no known variant");
  EXPECT_EQ(parse_resource("nvidia.com/gpu").error().message(),
            "\"nvidia.com/gpu\" is not a MIG resource: it must start with nvidia.com/mig-");
}

TEST(Resource, TheWholeGpuIsNoMigResource) {
  EXPECT_FALSE(is_mig_resource("nvidia.com/gpu"));
  EXPECT_TRUE(is_mig_resource("nvidia.com/mig-1g.5gb"));
}

}  // namespace
}  // namespace migadapter::mig
