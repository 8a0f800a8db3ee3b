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

TEST(Labels, AreFoundByTheirKey) {
  const Labels labels = {{name("a"), name("1")}, {name("b"), name("")}, {name("d"), name("4")}};
  ASSERT_NE(find_label(labels, "a"), nullptr);
  EXPECT_EQ(*find_label(labels, "a"), "1");
  ASSERT_NE(find_label(labels, "b"), nullptr);
  EXPECT_TRUE(find_label(labels, "b")->empty());
  EXPECT_EQ(*find_label(labels, "d"), "4");
}

TEST(Labels, ThatAreNotThereAreNotFound) {
  const Labels labels = {{name("b"), name("2")}};
  EXPECT_EQ(find_label(labels, "a"), nullptr);
  EXPECT_EQ(find_label(labels, "c"), nullptr);
  EXPECT_EQ(find_label({}, "a"), nullptr);
}

TEST(LabelSelector, AnEmptyOneSelectsEverythingAndAnAbsentOneNothing) {
  const Labels labels = {{name("app"), name("web")}};
  LabelSelector absent;
  absent.selects_nothing = true;
  EXPECT_TRUE(selects({}, labels));
  EXPECT_TRUE(selects({}, {}));
  EXPECT_FALSE(selects(absent, labels));
  EXPECT_FALSE(selects(absent, {}));
  EXPECT_TRUE(LabelSelector{}.selects_everything());
  EXPECT_FALSE(absent.selects_everything());
}

TEST(LabelSelector, AllOfItsExpressionsMustHold) {
  const SelectorExpression web{name("app"), SelectorOperator::in, {name("web"), name("api")}};
  const SelectorExpression untracked{name("track"), SelectorOperator::does_not_exist, {}};
  const LabelSelector selector{{web, untracked}};
  EXPECT_TRUE(selects(selector, {{name("app"), name("web")}}));
  EXPECT_FALSE(selects(selector, {{name("app"), name("db")}}));
  EXPECT_FALSE(selects(selector, {{name("app"), name("web")}, {name("track"), name("a")}}));
}

TEST(LabelSelector, ALabelThatIsNotThereIsInNoSet) {
  const LabelSelector others{{{name("app"), SelectorOperator::not_in, {name("web")}}}};
  EXPECT_TRUE(selects(others, {}));
  EXPECT_TRUE(selects(others, {{name("app"), name("db")}}));
  EXPECT_FALSE(selects(others, {{name("app"), name("web")}}));
}

}  // namespace
}  // namespace migadapter::cluster
