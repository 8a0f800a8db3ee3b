#include "kube/cluster_writer.h"

#include <gtest/gtest.h>

#include <future>

#include "kube/credentials/identity_sources.h"
#include "kube/transport/scripted_server.h"

namespace migadapter::kube {
namespace {

const Eviction kEviction{base::Name("team"), "a", base::Name("uid-1"), "42"};

class ClusterWriterTest : public testing::Test {
 protected:
  /// Evicts against a server that gives one answer; keeps the request.
  base::Status evict(int status, const std::string& body, const std::string& headers = {}) {
    const ScriptedServer server([&](ScriptedConnection& connection) {
      while (const auto request = connection.read_request()) {
        request_ = *request;
        connection.respond(status, body, headers);
      }
    });
    Access access;
    access.server = server.url();
    access.identity = make_fixed_identity({}, clock_);
    access.trust = make_trust({}, clock_);
    const auto transport = make_curl_transport(access, log_);
    const auto writer = make_cluster_writer(*transport, clock_, log_);
    std::promise<base::Status> done;
    writer->evict(kEviction, [&done](base::Status end) { done.set_value(std::move(end)); });
    return done.get_future().get();
  }

  base::ManualClock clock_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::info, [](std::string_view) {}};
  std::string request_;
};

TEST_F(ClusterWriterTest, AnEvictionCarriesBothPreconditions) {
  EXPECT_TRUE(evict(201, "{}").ok());
  EXPECT_TRUE(request_.starts_with("POST /api/v1/namespaces/team/pods/a/eviction HTTP/1.1\r\n"));
  EXPECT_TRUE(request_.ends_with(
      R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a","namespace":"team"},)"
      R"("deleteOptions":{"preconditions":{"uid":"uid-1","resourceVersion":"42"}}})"))
      << request_;
}

TEST_F(ClusterWriterTest, ABudgetInTheWaySaysHowLongToWait) {
  const base::Status status = evict(429, R"({"message":"not now"})", "Retry-After: 10\r\n");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::too_many_requests);
  EXPECT_EQ(status.error().retry_after(), std::chrono::seconds(10));
  EXPECT_EQ(status.error().message(), "evicting team/a: not now (HTTP 429)");
}

TEST_F(ClusterWriterTest, AServerErrorLeavesTheOutcomeUnknown) {
  const base::Status status = evict(500, R"({"message":"several budgets"})");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), base::ErrorCode::unavailable);
}

}  // namespace
}  // namespace migadapter::kube
