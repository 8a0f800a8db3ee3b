#include "kube/codec/quantity.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace migadapter::kube {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

struct Example {
  std::string_view text;
  std::int64_t ones;
  std::int64_t thousandths;
};

TEST(Quantity, CountsAsKubernetesDoes) {
  const std::vector<Example> examples = {
      {"0", 0, 0},
      {"1", 1, 1000},
      {"+7", 7, 7000},
      {"-7", -7, -7000},
      {"100m", 1, 100},
      {"1500m", 2, 1500},
      {"0.1", 1, 100},
      {".5", 1, 500},
      {"1.", 1, 1000},
      {"1.5", 2, 1500},
      {"1n", 1, 1},
      {".000000000000049999999Ei", 57647, 57'646'075},
      {"1000000n", 1, 1},
      {"1000001n", 1, 2},
      {"250u", 1, 1},
      {"2500u", 1, 3},
      {"-1500m", -2, -1500},
      {"2k", 2000, 2'000'000},
      {"3M", 3'000'000, 3'000'000'000},
      {"4G", 4'000'000'000, 4'000'000'000'000},
      {"5T", 5'000'000'000'000, 5'000'000'000'000'000},
      {"6P", 6'000'000'000'000'000, 6'000'000'000'000'000'000},
      {"7E", 7'000'000'000'000'000'000, kMost},
      {"1Ki", 1024, 1'024'000},
      {"1.5Ki", 1536, 1'536'000},
      {"0.0001Ki", 1, 103},
      {"64Mi", 67'108'864, 67'108'864'000},
      {"40Gi", 42'949'672'960, 42'949'672'960'000},
      {"2Ti", 2'199'023'255'552, 2'199'023'255'552'000},
      {"1Pi", 1'125'899'906'842'624, 1'125'899'906'842'624'000},
      {"1Ei", 1'152'921'504'606'846'976, kMost},
      {"7.5Ei", 8'646'911'284'551'352'320, kMost},
      {"1e3", 1000, 1'000'000},
      {"1E3", 1000, 1'000'000},
      {"12e+2", 1200, 1'200'000},
      {"15e-1", 2, 1500},
      {"1e-9", 1, 1},
      {"1e-1000", 1, 1},
      {"0e1000", 0, 0},
      {"1e1000", kMost, kMost},
      {"9223372036854775807", kMost, kMost},
      {"9223372036854775808", kMost, kMost},
      {"99999999999999999999999999999999999999999999", kMost, kMost},
      {"8Ei", kMost, kMost},
      {"0.000000000000000000000000000000000001", 1, 1},
      {"1.0000000000000000000000000000000000001", 2, 1001},
      {"0000000000000000000000000000000000000000000001", 1, 1000},
      {"10000000000000000000000n", 10'000'000'000'000, 10'000'000'000'000'000},
  };
  for (const Example& example : examples) {
    const auto ones = parse_quantity(example.text, QuantityUnit::one);
    const auto thousandths = parse_quantity(example.text, QuantityUnit::thousandth);
    ASSERT_TRUE(ones.ok() && thousandths.ok()) << example.text;
    EXPECT_EQ(*ones, example.ones) << example.text;
    EXPECT_EQ(*thousandths, example.thousandths) << example.text;
  }
}

TEST(Quantity, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"",      " ",       ".",     "m",   "Ki",  "1 ",  " 1",  "1i",    "1K",    "1ki",
        "1KI",   "1Kib",    "1B",    "1e",  "1e+", "1e-", "1ee", "1e1.5", "1e1Ki", "--1",
        "+-1",   "1..2",    "1.2.3", "1,5", "0x1", "one", "1mm", "1Gi1",  "1e+-3", "1e99999999999",
        "\"1\"", "infinity"}) {
    EXPECT_FALSE(parse_quantity(text, QuantityUnit::one).ok()) << '"' << text << '"';
  }
}

}  // namespace
}  // namespace migadapter::kube
