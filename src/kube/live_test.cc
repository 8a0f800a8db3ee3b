#include "kube/live_test.h"

#include <fmt/format.h>

#include <cstdlib>
#include <future>
#include <random>
#include <thread>

#include "kube/transport/blocking_call.h"

namespace migadapter::kube {

void LiveTest::SetUp() {
  const char* kubeconfig = std::getenv("MIGADAPTER_TEST_KUBECONFIG");
  if (kubeconfig == nullptr) GTEST_SKIP() << "MIGADAPTER_TEST_KUBECONFIG is not set";
  const base::Result<Access> access = load_kubeconfig(kubeconfig, "", clock_);
  ASSERT_TRUE(access.ok()) << access.error().message();
  access_ = *access;
  transport_ = make_curl_transport(access_, log_);
  name_space_ = fmt::format("live-test-{:08x}", std::random_device()());
  must("POST", "/api/v1/namespaces", fmt::format(R"({{"metadata":{{"name":"{}"}}}})", name_space_));
  must("POST", fmt::format("/api/v1/namespaces/{}/serviceaccounts", name_space_),
       R"({"metadata":{"name":"default"}})", 409);
}

void LiveTest::TearDown() {
  if (transport_ == nullptr) return;
  must("DELETE", "/api/v1/namespaces/" + name_space_);
}

std::string LiveTest::must(const std::string& method, const std::string& path,
                           const std::string& body, int allowed) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  request.body = body;
  const base::Result<HttpResponse> answer = send_and_wait(*transport_, std::move(request));
  if (!answer.ok()) {
    ADD_FAILURE() << answer.error().message();
    return {};
  }
  EXPECT_TRUE(answer->status / 100 == 2 || answer->status == allowed)
      << method << ' ' << path << ": " << answer->status << ' ' << answer->body;
  return answer->body;
}

base::Status LiveTest::wait_for(
    const std::function<void(std::function<void(base::Status)>)>& start) {
  const auto answer = std::make_shared<std::promise<base::Status>>();
  auto arrived = answer->get_future();
  start([answer](base::Status status) { answer->set_value(std::move(status)); });
  return arrived.get();
}

void LiveTest::restart_api_server() {
  const char* restart = std::getenv("MIGADAPTER_TEST_RESTART");
  if (restart == nullptr) GTEST_SKIP() << "MIGADAPTER_TEST_RESTART is not set";
  ASSERT_EQ(std::system(restart), 0);
  ASSERT_TRUE(eventually([this] {
    HttpRequest ready;
    ready.path = "/readyz";
    const auto answer = send_and_wait(*transport_, std::move(ready));
    return answer.ok() && answer->status == 200;
  }));
}

bool LiveTest::eventually(const std::function<bool()>& holds) {
  const base::SystemClock clock;
  const base::MonotonicTime give_up = clock.monotonic() + std::chrono::minutes(1);
  while (clock.monotonic() < give_up) {
    if (holds()) return true;
    std::this_thread::sleep_for(base::Millis(20));
  }
  return false;
}

std::string LiveTest::create_pod(const std::string& name) {
  const std::string pod =
      fmt::format(R"({{"metadata":{{"name":"{}"}},"spec":{{"containers":[{{"name":"a","image":"a",)"
                  R"("resources":{{"limits":{{"nvidia.com/mig-1g.5gb":"1"}}}}}}]}}}})",
                  name);
  return text_field(must("POST", fmt::format("/api/v1/namespaces/{}/pods", name_space_), pod),
                    "uid");
}

std::string text_field(const std::string& json, const std::string& key) {
  const std::string start = "\"" + key + "\":\"";
  const std::size_t at = json.find(start);
  if (at == std::string::npos) return {};
  const std::size_t from = at + start.size();
  return json.substr(from, json.find('"', from) - from);
}

}  // namespace migadapter::kube
