// What every test against a real API server starts from.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "kube/access.h"
#include "kube/http.h"

namespace migadapter::kube {

/// Talks to the API server of the kubeconfig in $MIGADAPTER_TEST_KUBECONFIG, in a namespace of its
/// own, which is deleted at the end. Without the variable the test is skipped.
class LiveTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Fails the test unless the answer is 2xx or `allowed`.
  std::string must(const std::string& method, const std::string& path, const std::string& body = {},
                   int allowed = 200);
  /// Waits for the end of an asynchronous call: `start` gets the callback.
  base::Status wait_for(const std::function<void(std::function<void(base::Status)>)>& start);
  /// Kills the API server and starts it again, by the shell command $MIGADAPTER_TEST_RESTART, and
  /// waits until it answers. Without the variable the test is skipped.
  void restart_api_server();
  /// Calls `holds` again and again until it is true; false after a minute.
  static bool eventually(const std::function<bool()>& holds);
  /// Creates a pod that no node can run and returns its uid.
  std::string create_pod(const std::string& name);

  base::SystemClock clock_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::info,
                    base::standard_error_sink()};
  Access access_;
  std::unique_ptr<HttpTransport> transport_;
  std::string name_space_;
};

/// The text after `"key":"` up to the next quote; enough for the few fields that tests look at.
std::string text_field(const std::string& json, const std::string& key);

}  // namespace migadapter::kube
