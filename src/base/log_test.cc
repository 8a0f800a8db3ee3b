#include "base/log.h"

#include <gtest/gtest.h>

namespace migadapter::base {
namespace {

class LogTest : public testing::Test {
 protected:
  Logger logger(LogFormat format, LogLevel lowest = LogLevel::info) {
    return Logger(clock_, format, lowest, [this](std::string_view line) { written_ += line; });
  }
  ManualClock clock_{WallTime(Millis(1'700'000'000'042))};
  std::string written_;
};

TEST_F(LogTest, JsonLinesEscapeWhatJsonMustEscape) {
  logger(LogFormat::json).info("evicted pod", {{"pod", "a\"b\\c\nd"}, {"count", std::int64_t{3}}});
  EXPECT_EQ(written_,
            "{\"time\":\"2023-11-14T22:13:20.042Z\",\"level\":\"info\",\"message\":\"evicted pod\","
            "\"pod\":\"a\\\"b\\\\c\\u000ad\",\"count\":3}\n");
}

TEST_F(LogTest, TextLinesQuoteOnlyValuesWithSpaces) {
  logger(LogFormat::text).warning("watch ended", {{"kind", "pods"}, {"error", "no route to host"}});
  EXPECT_EQ(written_,
            "2023-11-14T22:13:20.042Z warning watch ended kind=pods error=\"no route to host\"\n");
}

TEST_F(LogTest, AValueFromElsewhereNeitherEndsALineNorReachesTheTerminal) {
  logger(LogFormat::text).info("refused", {{"why", "a\rb"}, {"body", "\x1b[2J\x7f"}});
  EXPECT_EQ(written_,
            "2023-11-14T22:13:20.042Z info    refused why=\"a\\u000db\" "
            "body=\"\\u001b[2J\\u007f\"\n");
}

TEST_F(LogTest, LinesBelowTheLowestLevelAreDropped) {
  logger(LogFormat::text, LogLevel::warning).info("quiet");
  EXPECT_EQ(written_, "");
}

}  // namespace
}  // namespace migadapter::base
