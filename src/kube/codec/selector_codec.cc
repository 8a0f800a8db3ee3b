#include "kube/codec/selector_codec.h"

#include <array>
#include <optional>
#include <utility>

namespace migadapter::kube {
namespace {

using cluster::SelectorExpression;
using cluster::SelectorOperator;

std::optional<SelectorOperator> label_operator(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, SelectorOperator>, 4> kOperators = {{
      {"In", SelectorOperator::in},
      {"NotIn", SelectorOperator::not_in},
      {"Exists", SelectorOperator::exists},
      {"DoesNotExist", SelectorOperator::does_not_exist},
  }};
  for (const auto& [name, op] : kOperators) {
    if (name == text) return op;
  }
  return std::nullopt;
}

bool takes_values(SelectorOperator op) {
  return op == SelectorOperator::in || op == SelectorOperator::not_in;
}

std::optional<SelectorExpression> decode_expression(JsonField field, base::NamePool& names) {
  const std::optional<SelectorOperator> op = label_operator(field.at("operator").text());
  if (!op) {
    field.complain("operator is none of In, NotIn, Exists and DoesNotExist");
    return std::nullopt;
  }
  SelectorExpression expression{names.intern(field.at("key").text()), *op, {}};
  for (const JsonField value : field.at("values").items()) {
    expression.values.push_back(names.intern(value.text()));
  }
  if (takes_values(*op) == expression.values.empty()) {
    field.complain("In and NotIn need values, Exists and DoesNotExist take none");
  }
  return expression;
}

}  // namespace

cluster::LabelSelector decode_label_selector(JsonField selector, base::NamePool& names) {
  cluster::LabelSelector decoded;
  for (const JsonField::Entry label : selector.at("matchLabels").entries()) {
    decoded.expressions.push_back(
        {names.intern(label.key), SelectorOperator::in, {names.intern(label.value.text())}});
  }
  for (const JsonField field : selector.at("matchExpressions").items()) {
    if (auto expression = decode_expression(field, names)) {
      decoded.expressions.push_back(*std::move(expression));
    }
  }
  return decoded;
}

}  // namespace migadapter::kube
