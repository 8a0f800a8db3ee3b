#include "cluster/label_selector.h"

#include <gtest/gtest.h>

#include <string>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::name;

const Labels kTeamA = {{name("gpu"), name("yes")}, {name("team"), name("a")}};

SelectorExpression requires_that(std::string_view key, SelectorOperator op,
                                 std::initializer_list<std::string_view> values = {}) {
  SelectorExpression requirement{name(key), op, {}};
  for (const std::string_view value : values) requirement.values.push_back(name(value));
  return requirement;
}

TEST(LabelSelector, AsksEveryRequirement) {
  using Operator = SelectorOperator;
  struct Row {
    SelectorExpression requirement;
    bool selected;
  };
  const Row rows[] = {
      {requires_that("team", Operator::in, {"a", "b"}), true},
      {requires_that("team", Operator::in, {"b"}), false},
      {requires_that("stage", Operator::in, {"a"}), false},
      {requires_that("team", Operator::not_in, {"a"}), false},
      {requires_that("team", Operator::not_in, {"b"}), true},
      {requires_that("stage", Operator::not_in, {"a"}), true},
      {requires_that("team", Operator::exists), true},
      {requires_that("stage", Operator::exists), false},
      {requires_that("team", Operator::does_not_exist), false},
      {requires_that("stage", Operator::does_not_exist), true},
      {requires_that("team", Operator::greater_than, {"1"}), false},
      {requires_that("team", Operator::less_than, {"1"}), false},
  };
  const SelectorExpression met = requires_that("gpu", Operator::exists);
  for (const Row& row : rows) {
    EXPECT_EQ(selects({{met, row.requirement}}, kTeamA), row.selected)
        << row.requirement.key.view() << ' ' << static_cast<int>(row.requirement.op);
  }
}

TEST(LabelSelector, WithoutRequirementsSelectsEverything) {
  EXPECT_TRUE(selects({}, kTeamA));
  EXPECT_TRUE(selects({}, {}));
}

}  // namespace
}  // namespace migadapter::cluster
