#include "cluster/label_selector.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/check.h"

namespace migadapter::cluster {
namespace {

/// A label's value as the Gt and Lt operators read it: a whole number, with a sign or without.
std::optional<std::int64_t> whole_number(std::string_view text) {
  const bool plus = text.size() > 1 && text.front() == '+' && text[1] != '-';
  if (plus) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

/// Less than 0, 0 or more as the label stands to the expression's one value; nothing when either is
/// no number.
std::optional<int> compare_numbers(const base::Name* label, const std::vector<base::Name>& values) {
  if (label == nullptr || values.size() != 1) return std::nullopt;
  const auto own = whole_number(label->view());
  const auto bound = whole_number(values.front().view());
  if (!own || !bound) return std::nullopt;
  return *own < *bound ? -1 : (*own > *bound ? 1 : 0);
}

bool contains(const std::vector<base::Name>& values, const base::Name& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

const base::Name* find_label(const Labels& labels, std::string_view key) {
  const auto before = [](const auto& label, std::string_view wanted) {
    return label.first.view() < wanted;
  };
  const auto place = std::lower_bound(labels.begin(), labels.end(), key, before);
  return place != labels.end() && place->first == key ? &place->second : nullptr;
}

bool holds(const SelectorExpression& expression, const Labels& labels) {
  const base::Name* label = find_label(labels, expression.key.view());
  switch (expression.op) {
    case SelectorOperator::in:
      return label != nullptr && contains(expression.values, *label);
    case SelectorOperator::not_in:
      return label == nullptr || !contains(expression.values, *label);
    case SelectorOperator::exists:
      return label != nullptr;
    case SelectorOperator::does_not_exist:
      return label == nullptr;
    case SelectorOperator::greater_than:
      return compare_numbers(label, expression.values) == 1;
    case SelectorOperator::less_than:
      return compare_numbers(label, expression.values) == -1;
  }
  MIGADAPTER_CHECK(false);
  return false;
}

bool selects(const LabelSelector& selector, const Labels& labels) {
  return !selector.selects_nothing &&
         std::all_of(selector.expressions.begin(), selector.expressions.end(),
                     [&labels](const auto& expression) { return holds(expression, labels); });
}

}  // namespace migadapter::cluster
