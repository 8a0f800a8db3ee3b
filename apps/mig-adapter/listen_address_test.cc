#include "listen_address.h"

#include <gtest/gtest.h>

namespace migadapter::app {
namespace {

TEST(ListenAddress, TakesAddressesOfBothFamiliesAndAllAddresses) {
  const auto four = parse_listen_address("127.0.0.1:9443", "--webhook-listen");
  ASSERT_TRUE(four.ok());
  EXPECT_EQ(four->host, "127.0.0.1");
  EXPECT_EQ(four->port, 9443);
  const auto six = parse_listen_address("[::1]:80", "--webhook-listen");
  ASSERT_TRUE(six.ok());
  EXPECT_EQ(six->host, "::1");
  const auto all = parse_listen_address(":8081", "--health-listen");
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->host, "0.0.0.0");
}

TEST(ListenAddress, NamesTheFlagAndTheTextItCannotRead) {
  for (const std::string_view bad : {"", "9443", "host", "::1:80", "a:70000", "a:-1", "a:80x"}) {
    const auto result = parse_listen_address(bad, "--health-listen");
    ASSERT_FALSE(result.ok()) << bad;
    EXPECT_NE(result.error().message().find("--health-listen"), std::string::npos);
    EXPECT_NE(result.error().message().find(bad), std::string::npos);
  }
}

TEST(WebhookUrl, HasPort443UnlessItSaysAnother) {
  EXPECT_EQ(parse_webhook_url("https://192.168.2.14")->port, 443);
  EXPECT_EQ(parse_webhook_url("https://192.168.2.14:9443/")->port, 9443);
  EXPECT_EQ(parse_webhook_url("https://[fd00::1]")->host, "fd00::1");
}

TEST(WebhookUrl, MustBeHttpsWithoutAPath) {
  for (const std::string_view bad :
       {"http://a:1", "https://", "https://a/b", "a:9443", "https://a:x"}) {
    EXPECT_FALSE(parse_webhook_url(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace migadapter::app
