#include "owner_kind.h"

#include <gtest/gtest.h>

namespace migadapter::app {
namespace {

TEST(OwnerKind, IsAGroupAndAKind) {
  const auto parsed = parse_owner_kind("example.com/Trainer");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->group, "example.com");
  EXPECT_EQ(parsed->kind, "Trainer");
}

TEST(OwnerKind, AnythingElseIsRefusedWithAnExample) {
  for (const char* text : {"", "Trainer", "/Trainer", "example.com/", "example.com/v1/Trainer"}) {
    const auto parsed = parse_owner_kind(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message().find("example.com/Trainer"), std::string::npos);
  }
}

}  // namespace
}  // namespace migadapter::app
