#include "sim/workload/csv.h"

#include <gtest/gtest.h>

namespace migadapter::sim {
namespace {

TEST(Csv, RowsAreReadByTheNamesOfTheirColumns) {
  const auto table = CsvTable::parse("name,age\r\nanna,4\r\nben,5\r\n");
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->size(), 2U);
  CsvRow row = table->row(1);
  EXPECT_EQ(row.text("name"), "ben");
  EXPECT_EQ(row.number("age"), 5);
  EXPECT_TRUE(row.status().ok());
}

TEST(Csv, AQuotedValueMayHoldCommasQuotesAndLines) {
  const auto table = CsvTable::parse("a,b\n\"1,\"\"2\"\"\n3\",4");
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->row(0).text("a"), "1,\"2\"\n3");
  EXPECT_EQ(table->row(0).text("b"), "4");
}

TEST(Csv, AMistakeNamesItsLineAndColumn) {
  const auto table = CsvTable::parse("a\n1\nx\n");
  ASSERT_TRUE(table.ok());
  CsvRow row = table->row(1);
  EXPECT_EQ(row.number("a"), 0);
  EXPECT_EQ(row.text("b"), "");
  EXPECT_EQ(row.status().error().message(), "line 3: a must be a whole number, not \"x\"");
}

TEST(Csv, AMissingColumnIsNamed) {
  const auto table = CsvTable::parse("a\n1\n");
  CsvRow row = table->row(0);
  row.text("b");
  EXPECT_EQ(row.status().error().message(), "line 2: the column b is missing");
  EXPECT_EQ(table->row(0).number_or("b", 7), 7);
}

TEST(Csv, ABrokenTableIsRefused) {
  EXPECT_EQ(CsvTable::parse("a,b\n1\n").error().message(), "line 2: 1 values, but 2 columns");
  EXPECT_EQ(CsvTable::parse("a\n\"1\n").error().message(), "line 2: a quote does not end");
}

TEST(Csv, AMissingFileIsNamed) {
  EXPECT_EQ(CsvTable::load("no/such.csv").error().message(), "no/such.csv: cannot be opened");
}

}  // namespace
}  // namespace migadapter::sim
